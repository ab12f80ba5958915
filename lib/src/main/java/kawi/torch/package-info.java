/**
 * The PyTorch engine for the kit: opened once, its hot operators as TorchScript, weights in safetensors and GGUF files.
 *
 * <h2>What hangs on TorchScript, and what the way out would be</h2>
 *
 * <p>Java reaches PyTorch through DJL, and DJL's PyTorch engine reaches two things of it: single tensor operators, one
 * JNI call each, and TorchScript modules ({@code torch::jit::load} and the methods of what was loaded). Single calls
 * are enough for a model; they are not enough for its speed, and some operators that the kit needs (bfloat16 inside a
 * product, the fused AdamW step, int8 products, in-place updates) DJL does not offer or does not survive. So the kit
 * writes its hot operators as TorchScript source ({@code ops.py}, {@code llama.py}, {@code modern.py},
 * {@code muon.py}), packs the text into the archive that libtorch loads, and runs no Python anywhere.
 *
 * <p>PyTorch calls TorchScript deprecated since the documentation of its release 2.8 (July 2025: "TorchScript is
 * deprecated, please use torch.export instead"); the pages still said so, and the code was still there, in 2.13 (May
 * 2026). Deprecated means: no new operators, no repairs, and one day a release without the loader. It does not touch a
 * pinned libtorch: the kit pins 2.7.1, which DJL 0.36.0 was built for, and that version will load these archives as
 * long as it runs.
 *
 * <h3>What hangs on it</h3>
 *
 * <ul>
 *   <li>{@link kawi.torch.Script} and its archive writer, the only place that knows how a TorchScript archive looks;
 *   <li>{@link kawi.torch.Ops}, whose every method is one call of {@code ops.py};
 *   <li>the Llama's inference (decoding, whole sequences, int8), the replaceable parts of the modern GPT, and Muon:
 *       three further sources, called through {@link kawi.torch.Script} alone;
 *   <li>DJL itself, whose models are TorchScript files: it cannot move on without an answer of its own.
 * </ul>
 *
 * <p>What does not hang on it: the files (safetensors, GGUF, {@code config.json}), the models' arithmetic (each source
 * has a readable Java form beside it that tests hold equal), and everything above this package.
 *
 * <h3>The replacement that PyTorch names, and why it is no drop-in</h3>
 *
 * <p>{@code torch.export} traces a Python program into a graph, and AOTInductor compiles that graph into a shared
 * library ({@code .pt2}) which C++ loads. Both begin in Python, a compiled package is bound to one PyTorch version, one
 * kind of CPU or GPU and the shapes it was exported for, and it holds no backward pass: it serves inference. A kit that
 * trains, on any machine, with no Python, cannot stand on it; it could ship such packages for decoding only, one for
 * each platform.
 *
 * <h3>Ways out, in the order in which they would be tried</h3>
 *
 * <ol>
 *   <li><b>Stay on the pinned libtorch.</b> Costs nothing until a GPU or a CPU appears that 2.7.1 does not know, or a
 *       fault in it must be mended. This is what the kit does.
 *   <li><b>The last release that loads archives.</b> One property in the build and DJL's matching JNI library; the
 *       archive's version number selects operator schemas and may have to rise. {@code OpsTest} says whether an
 *       operator changed.
 *   <li><b>A small JNI library of the kit's own over libtorch's C++ operators</b> ({@code at::}), one function for each
 *       method of the four sources. Their bodies are already written in the names of these operators, so it is a
 *       translation, and {@link kawi.torch.Ops} would not change its signatures. It costs a compiler for each platform
 *       and a release of binaries, which is why it was not done first.
 *   <li><b>Java's foreign function interface</b> (final in Java 22) over PyTorch's stable C interface
 *       ({@code aoti_torch_*}, {@code torch::stable}), once that covers gradients: the same without a compiler, but not
 *       on Java 17.
 * </ol>
 *
 * <p>Whichever it is, the seam is {@link kawi.torch.Script}: {@code call}, {@code infer}, {@code list} and {@code raw}
 * take a method's name and its arguments, and nothing else in the kit speaks to TorchScript.
 */
package kawi.torch;
