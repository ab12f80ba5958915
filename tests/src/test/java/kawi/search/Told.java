package kawi.search;

import java.util.ArrayList;
import java.util.List;
import kawi.evidence.Progress;

/** Keeps all that a listener is told, a line for each. */
class Told implements Progress {
    final List<String> lines = new ArrayList<>();

    @Override
    public void begin(String what, long total) {
        lines.add("begin: " + what + ", " + total);
    }

    @Override
    public void axes(String x, String y) {
        lines.add("axes: " + x + " | " + y);
    }

    @Override
    public void update(long done, String note) {
        lines.add("update: " + done + " " + note);
    }

    @Override
    public void point(String series, double x, double y) {
        lines.add("point: " + series + " " + x + " " + y);
    }

    @Override
    public void sample(String text) {
        lines.add("sample: " + text);
    }

    @Override
    public void end(String note) {
        lines.add("end: " + note);
    }

    /** The lines of one kind, without its name. */
    List<String> of(String kind) {
        return lines.stream()
                .filter(line -> line.startsWith(kind + ": "))
                .map(line -> line.substring(kind.length() + 2))
                .toList();
    }
}
