package kawi.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import kawi.corpus.Document;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class ReservedRightsTest {

    @Test
    void aFileThatReservesAllRightsInsideAFreePackageIsNamedWithItsWords() {
        Table table = ReservedRights.table(List.of(
                document("docs", "free", "Licensed under the Apache License."),
                document(
                        "docs",
                        "stemmer",
                        "Copyright (c) 2001,\n Dr P.\nAll  rights\nreserved. ALL RIGHTS RESERVED. "
                                + "Redistribution and use in source and binary forms is allowed."),
                document("docs", "closed", "By us. Copyright 1999 A Firm. All rights reserved."),
                document("plays", "play", "All rights of kings.")));
        assertEquals(1, table.rowCount());
        assertEquals("docs", table.getString(0, "source"));
        assertEquals("Apache-2.0", table.getString(0, "collected as"));
        assertEquals("3", table.getString(0, "documents"));
        assertEquals("2", table.getString(0, "say \"all rights reserved\""));
        assertEquals("1", table.getString(0, "and grant a licence"));
        assertEquals("closed", table.getString(0, "one of them"));
        assertEquals("Copyright 1999 A Firm. All rights reserved", table.getString(0, "its words"));
    }

    private static Document document(String source, String title, String text) {
        return Document.collected(source, title, title, "", 2000, "documentation", "Apache-2.0", "", text);
    }
}
