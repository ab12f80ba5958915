package kawi.readers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSString;

/**
 * What a PDF holds beside the text of its pages, and which is not read: notes, fields of a form, attached files. They
 * are counted where they stand in the file, whatever of it is damaged.
 */
final class PdfBeside {
    private static final COSName EMBEDDED = COSName.getPDFName("EmbeddedFiles");
    /** Annotations that are no words of their own: what a link leads to, fields (counted otherwise), and frames. */
    private static final Set<String> NO_NOTES = Set.of("Link", "Widget", "Popup", "FileAttachment");

    private long notes;
    private long fields;
    private long files;
    private boolean xfa;

    /** Counts what a page has. */
    void of(COSDictionary page) {
        COSBase all = page.getDictionaryObject(COSName.ANNOTS);
        for (int i = 0; all instanceof COSArray && i < ((COSArray) all).size(); i++) {
            if (((COSArray) all).getObject(i) instanceof COSDictionary note) {
                String kind = note.getNameAsString(COSName.SUBTYPE, "");
                files += kind.equals("FileAttachment") ? 1 : 0;
                notes += !NO_NOTES.contains(kind) && says(note, COSName.CONTENTS) ? 1 : 0;
            }
        }
    }

    /** Counts what the whole file has: fields that are filled in, in words or by a choice, and attached files. */
    void ofAll(COSDictionary catalog) {
        COSDictionary form = catalog.getCOSDictionary(COSName.ACRO_FORM);
        if (form != null) {
            xfa = form.getDictionaryObject(COSName.XFA) != null;
            for (COSDictionary field : tree(form, COSName.FIELDS)) {
                fields += says(field, COSName.V) ? 1 : 0;
            }
        }
        COSDictionary names = catalog.getCOSDictionary(COSName.NAMES);
        COSDictionary attached = names == null ? null : names.getCOSDictionary(EMBEDDED);
        if (attached != null) {
            for (COSDictionary each : tree(attached, COSName.KIDS)) {
                COSArray pairs = each.getCOSArray(COSName.NAMES);
                files += pairs == null ? 0 : pairs.size() / 2;
            }
        }
    }

    private static boolean says(COSDictionary of, COSName key) {
        return of.getDictionaryObject(key) instanceof COSString words
                && !words.getString().isBlank();
    }

    /** {@return an object and all below it, each once} */
    private static List<COSDictionary> tree(COSDictionary root, COSName first) {
        List<COSDictionary> all = new ArrayList<>();
        Set<COSBase> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<COSDictionary> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            COSDictionary each = open.pop();
            if (!seen.add(each)) {
                continue;
            }
            all.add(each);
            COSArray kids = each.getCOSArray(each == root ? first : COSName.KIDS);
            for (int i = 0; kids != null && i < kids.size(); i++) {
                if (kids.getObject(i) instanceof COSDictionary kid) {
                    open.push(kid);
                }
            }
        }
        return all;
    }

    /** {@return whether a form has fields that are filled in} */
    boolean hasFields() {
        return fields > 0 || xfa;
    }

    /** {@return what there is, or null where there is nothing} */
    String said() {
        List<String> said = new ArrayList<>();
        add(said, fields, "field of its form that is filled in", "fields of its form that are filled in");
        add(said, notes, "note", "notes");
        add(said, files, "attached file", "attached files");
        if (xfa) {
            said.add("a form that programs of Adobe alone show (XFA)");
        }
        return said.isEmpty() ? null : "not read: " + String.join(", ", said);
    }

    private static void add(List<String> said, long count, String one, String several) {
        if (count > 0) {
            said.add(count + " " + (count == 1 ? one : several));
        }
    }
}
