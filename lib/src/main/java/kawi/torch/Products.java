package kawi.torch;

/** How matrix products are made. Scripts know each by its place here. */
enum Products {

    /** In float32 as PyTorch makes them: by MKL on a CPU of the x86 kind, by cuBLAS on a GPU. */
    FLOAT32("float32 by PyTorch's choice"),

    /** Rounded to bfloat16 and summed in float32. */
    BFLOAT16("bfloat16"),

    /** In float32 by oneDNN; see {@link OneDnn}. */
    ONE_DNN("float32 by oneDNN");

    private final String title;

    Products(String title) {
        this.title = title;
    }

    /** {@return the words that {@link Arithmetic} records} */
    String title() {
        return title;
    }

    /** The kind that was recorded under these words, or null. */
    static Products of(String title) {
        for (Products each : values()) {
            if (each.title.equals(title)) {
                return each;
            }
        }
        return null;
    }
}
