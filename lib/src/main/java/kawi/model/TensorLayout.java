package kawi.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kawi.evidence.KitException;
import kawi.torch.Gguf;
import kawi.torch.Torch;
import kawi.torch.Weights;

/**
 * Where the parameters of a {@link Transformer} stand in a family's files: what each is called there, and what of it
 * lies in one tensor with others.
 *
 * @param names for each parameter's name, without layer and ending, the file's
 * @param bare what names of the bare network lack in front, such as "model."
 * @param layer what stands before a layer's number in a file's names, such as "model.layers."
 * @param together how queries, keys and values lie in one tensor
 * @param columns whether matrices of layers are stored (in, out), as GPT-2's are
 * @param offset what is added to the gains of norms
 */
record TensorLayout(
        Map<String, String> names, String bare, String layer, Together together, boolean columns, float offset) {

    /** How queries, keys and values lie in one tensor. */
    enum Together {
        /** Each has its own. */
        NOT,
        /** The same, the rows of queries and keys in the order of llama.cpp's Llama, which turns neighbours. */
        NEIGHBOURS,
        /** One below the other. */
        STACKED,
        /** Head by head, each head's query, key and value below one another (GPT-NeoX). */
        BY_HEAD
    }

    /** A file with named tensors. */
    interface Source {
        Map<String, Shape> shapes();

        NDArray read(NDManager manager, String name);
    }

    private static final String QKV = "qkv";
    private static final String GATE_UP = "gate_up";

    private static final Map<String, String> LLAMA =
            names("embedding=model.embed_tokens norm=model.norm head=lm_head attention_norm=input_layernorm"
                    + " query=self_attn.q_proj key=self_attn.k_proj value=self_attn.v_proj out=self_attn.o_proj"
                    + " query_norm=self_attn.q_norm key_norm=self_attn.k_norm"
                    + " feed_forward_norm=post_attention_layernorm gate=mlp.gate_proj up=mlp.up_proj"
                    + " down=mlp.down_proj");
    private static final Map<String, String> GEMMA = with(
            LLAMA,
            "attention_after=post_attention_layernorm feed_forward_norm=pre_feedforward_layernorm"
                    + " feed_forward_after=post_feedforward_layernorm");
    private static final Map<String, String> MIXTRAL = with(
            LLAMA,
            "router=block_sparse_moe.gate expert_gate=block_sparse_moe.experts.#.w1"
                    + " expert_up=block_sparse_moe.experts.#.w3 expert_down=block_sparse_moe.experts.#.w2");
    private static final Map<String, String> PHI =
            with(LLAMA, "out=self_attn.dense up=mlp.fc1 down=mlp.fc2 norm=model.final_layernorm");
    private static final Map<String, String> NEOX =
            names("embedding=gpt_neox.embed_in norm=gpt_neox.final_layer_norm head=embed_out"
                    + " attention_norm=input_layernorm qkv=attention.query_key_value out=attention.dense"
                    + " feed_forward_norm=post_attention_layernorm up=mlp.dense_h_to_4h down=mlp.dense_4h_to_h");
    private static final Map<String, String> GPT2 =
            names("embedding=transformer.wte positions=transformer.wpe norm=transformer.ln_f head=lm_head"
                    + " attention_norm=ln_1 qkv=attn.c_attn out=attn.c_proj feed_forward_norm=ln_2 up=mlp.c_fc"
                    + " down=mlp.c_proj");
    private static final Map<String, String> GGUF =
            names("embedding=token_embd positions=position_embd norm=output_norm head=output attention_norm=attn_norm"
                    + " query=attn_q key=attn_k value=attn_v qkv=attn_qkv out=attn_output query_norm=attn_q_norm"
                    + " key_norm=attn_k_norm attention_after=post_attention_norm feed_forward_norm=ffn_norm"
                    + " gate=ffn_gate up=ffn_up gate_up=ffn_up down=ffn_down feed_forward_after=post_ffw_norm"
                    + " router=ffn_gate_inp expert_gate=ffn_gate_exps expert_up=ffn_up_exps expert_down=ffn_down_exps");

    private static Map<String, String> names(String pairs) {
        Map<String, String> names = new HashMap<>();
        for (String pair : pairs.split(" ")) {
            names.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return names;
    }

    private static Map<String, String> with(Map<String, String> before, String pairs) {
        Map<String, String> names = new HashMap<>(before);
        names.putAll(names(pairs));
        return names;
    }

    private static TensorLayout folder(String family) {
        return switch (family) {
            case "gemma2", "gemma3_text" -> new TensorLayout(GEMMA, "model.", "model.layers.", Together.NOT, false, 1);
            case "mixtral" -> new TensorLayout(MIXTRAL, "model.", "model.layers.", Together.NOT, false, 0);
            case "phi" -> new TensorLayout(PHI, "model.", "model.layers.", Together.NOT, false, 0);
            case "phi3" ->
                new TensorLayout(
                        with(LLAMA, "qkv=self_attn.qkv_proj gate_up=mlp.gate_up_proj"),
                        "model.",
                        "model.layers.",
                        Together.STACKED,
                        false,
                        0);
            case "gpt_neox" -> new TensorLayout(NEOX, "gpt_neox.", "gpt_neox.layers.", Together.BY_HEAD, false, 0);
            case "gpt2" -> new TensorLayout(GPT2, "transformer.", "transformer.h.", Together.STACKED, true, 0);
            default -> new TensorLayout(LLAMA, "model.", "model.layers.", Together.NOT, false, 0);
        };
    }

    private static TensorLayout gguf(String family) {
        Together together = switch (family) {
            case "phi3", "gpt_neox", "gpt2" -> Together.STACKED;
            case "mixtral" -> Together.NEIGHBOURS; // whose architecture is llama.cpp's llama
            default -> Together.NOT;
        };
        Map<String, String> names = new HashMap<>(GGUF);
        if (!family.equals("phi3")) {
            names.remove(GATE_UP);
        }
        return new TensorLayout(names, "", "blk.", together, false, 0);
    }

    /** A folder's weights; none of them is left over. */
    static Parameters read(Torch torch, Path folder, TransformerConfig config) {
        try (Weights weights = Weights.open(folder)) {
            return folder(config.family())
                    .read(torch, config, folder.getFileName().toString(), new Source() {
                        @Override
                        public Map<String, Shape> shapes() {
                            return weights.shapes();
                        }

                        @Override
                        public NDArray read(NDManager manager, String name) {
                            return weights.read(torch, manager, name);
                        }
                    });
        }
    }

    /** A GGUF file's tensors; none of them is left over. */
    static Parameters read(Torch torch, Gguf file, TransformerConfig config) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        file.tensors()
                .forEach(name -> shapes.put(name, new Shape(file.info(name).shape())));
        return gguf(config.family()).read(torch, config, file.name(), new Source() {
            @Override
            public Map<String, Shape> shapes() {
                return shapes;
            }

            @Override
            public NDArray read(NDManager manager, String name) {
                return file.tensor(manager, name);
            }
        });
    }

    /** Refuses more layers than a file has tensors, before a name is made of each. */
    static void room(ModelConfig config, int tensors, String file) {
        if (config.layers() > tensors) {
            throw new KitException(file + " says that the model has " + config.layers() + " layers and holds " + tensors
                    + " tensors: take all files from the same model.");
        }
    }

    /** The same where each expert's three matrices are tensors of their own. */
    static void roomOfItsOwn(ModelConfig config, int tensors, String file) {
        int experts =
                config instanceof TransformerConfig mixture ? mixture.experts().count() : 0;
        room(config, tensors, file);
        if (3L * experts * config.layers() > tensors) {
            throw new KitException(file + " says that the model has " + config.layers() + " layers of " + experts
                    + " experts and holds " + tensors + " tensors: take all files from the same model.");
        }
    }

    private Parameters read(Torch torch, TransformerConfig config, String file, Source source) {
        if (names.getOrDefault("expert_gate", "").contains("#")) {
            roomOfItsOwn(config, source.shapes().size(), file);
        }
        room(config, source.shapes().size(), file);
        Reading reading = new Reading(torch, config, file, source);
        Map<String, Place> places = new LinkedHashMap<>();
        config.shapes().forEach((name, shape) -> places.put(name, reading.place(name, shape)));
        reading.refuseOthers();
        return Parameters.made(torch, config.shapes(), manager -> {
            Map<String, NDArray> arrays = new HashMap<>();
            places.forEach((name, place) -> arrays.put(name, reading.read(manager, name, place)));
            reading.refuseAnotherHead(manager, arrays);
            reading.close();
            return arrays;
        });
    }

    /**
     * A parameter's place in a file.
     *
     * @param tensor its name there
     * @param first of the rows that are this parameter's, where it lies with others
     * @param rows how many, 0 for all
     * @param third which of query, key and value it is
     */
    private record Place(String tensor, long first, long rows, int third) {}

    /** The reading of one file. */
    private final class Reading {
        private final Torch torch;
        private final TransformerConfig config;
        private final String file;
        private final Source source;
        private final Map<String, Shape> left;
        private NDManager scratch; // owns the tensor that was read last, and what is cut from it
        private NDArray open;
        private String opened = "";

        Reading(Torch torch, TransformerConfig config, String file, Source source) {
            this.torch = torch;
            this.config = config;
            this.file = file;
            this.source = source;
            this.left = new LinkedHashMap<>(source.shapes());
        }

        Place place(String name, Shape shape) {
            String ending = name.substring(name.lastIndexOf('.'));
            String part =
                    name.substring(name.startsWith("layers.") ? name.indexOf('.', 7) + 1 : 0, name.lastIndexOf('.'));
            String before = name.startsWith("layers.") ? layer + name.substring(7, name.indexOf('.', 7)) + "." : "";
            TransformerConfig.Sizes sizes = config.sizes();
            long q = (long) sizes.heads() * sizes.headSize();
            long kv = (long) sizes.keyValueHeads() * sizes.headSize();
            int third = part.equals("query") ? 0 : part.equals("key") ? 1 : part.equals("value") ? 2 : -1;
            Place place;
            long rows = shape.get(0);
            boolean apart = together == Together.NOT || together == Together.NEIGHBOURS;
            if (part.startsWith("experts.")) {
                int number = Integer.parseInt(part.substring(8, part.lastIndexOf('.')));
                String given = names.get("expert_" + part.substring(part.lastIndexOf('.') + 1));
                boolean own = given.contains("#");
                place = new Place(
                        before + given.replace("#", String.valueOf(number)) + ending,
                        number * rows,
                        own ? 0 : rows,
                        -1);
                shape = own ? shape : new Shape(config.experts().count(), rows, shape.get(1));
            } else if (third >= 0 && !apart) {
                long first = third == 0 ? 0 : third == 1 ? q : q + kv;
                place = new Place(before + names.get(QKV) + ending, first, rows, third);
                rows = q + 2 * kv;
            } else if ((part.equals("gate") || part.equals("up")) && names.containsKey(GATE_UP)) {
                place = new Place(before + names.get(GATE_UP) + ending, part.equals("gate") ? 0 : rows, rows, -1);
                rows = 2 * rows;
            } else {
                place = new Place(before + names.get(part) + ending, 0, 0, -1);
            }
            Shape wanted = shape.dimension() != 2
                    ? shape.dimension() == 1 ? new Shape(rows) : shape
                    : columns && !before.isEmpty() ? new Shape(shape.get(1), rows) : new Shape(rows, shape.get(1));
            String written = place.tensor;
            if (!source.shapes().containsKey(written) && !bare.isEmpty() && written.startsWith(bare)) {
                written = written.substring(bare.length());
            }
            Shape found = source.shapes().get(written);
            if (!wanted.equals(found)) {
                throw new KitException("The weights in " + file + " do not fit what it says of itself: "
                        + place.tensor + " should be " + wanted + " and is "
                        + (found == null ? "missing" : found) + ", so take all files from the same model.");
            }
            left.remove(written);
            return new Place(written, place.first, place.rows, place.third);
        }

        /** Every tensor is one of the model's, or of no weight, or the file is another model's. */
        void refuseOthers() {
            left.keySet().removeIf(name -> Harmless.mask(name, left.get(name).getShape()));
            if (config.positions().longer().original() > 0) {
                left.keySet().removeAll(List.of(GgufFamilies.LONG, GgufFamilies.SHORT)); // read with the settings
            }
            left.forEach((name, shape) -> {
                boolean head = config.has(TransformerConfig.Part.TIED) && name.equals(names.get("head") + ".weight");
                if (!head && !name.endsWith("rotary_emb.inv_freq")) {
                    throw new KitException("Tensor " + name + " " + shape + " of " + file + " has no place in this"
                            + " kit's " + config.family() + ": without it the model would say something else, so take"
                            + " another model.");
                }
            });
        }

        /** What says a second time how fast positions turn, or what the head is, has to say the same. */
        void refuseAnotherHead(NDManager manager, Map<String, NDArray> arrays) {
            left.forEach((name, shape) -> {
                try (NDArray repeated = source.read(manager, name)) {
                    boolean same;
                    if (name.endsWith("inv_freq")) {
                        TransformerConfig.Positions positions = config.positions();
                        same = Rotary.same(
                                repeated.toFloatArray(),
                                positions.longer().original() > 0
                                        ? positions.longer().speeds(false, positions.base(), positions.turned())
                                        : positions.scaling().speeds(positions.base(), positions.turned()));
                    } else {
                        same = torch.ops().equal(repeated, arrays.get("embedding.weight"));
                    }
                    if (!same) {
                        throw new KitException("Tensor " + name + " " + shape + " of " + file + " says something else"
                                + " than its config.json: take another model.");
                    }
                }
            });
        }

        NDArray read(NDManager manager, String name, Place place) {
            boolean matrix = source.shapes().get(place.tensor).dimension() == 2;
            boolean turned = columns && matrix && name.startsWith("layers.");
            boolean swapped = together == Together.NEIGHBOURS && (name.contains(".query.") || name.contains(".key."));
            boolean raised = offset != 0 && (name.contains("norm") || name.contains("_after"));
            if (place.rows == 0 && !turned && !raised && !swapped) {
                return floats(manager, place.tensor);
            }
            if (!opened.equals(place.tensor)) {
                close();
                scratch = manager.newSubManager();
                open = floats(scratch, place.tensor);
                opened = place.tensor;
            }
            NDArray view = open;
            if (raised) {
                view = open.add(offset);
            } else if (swapped) {
                long half = config.sizes().headSize() / 2;
                Shape shape = open.getShape();
                view = open.reshape(shape.get(0) / half / 2, half, 2, shape.get(1))
                        .swapAxes(1, 2)
                        .reshape(shape);
            } else if (together == Together.BY_HEAD && place.third >= 0) {
                int size = config.sizes().headSize();
                long width = matrix ? open.getShape().get(1) : 1;
                view = open.reshape(place.rows / size, 3, size * width)
                        .get(":, " + place.third)
                        .reshape(matrix ? new Shape(place.rows, width) : new Shape(place.rows));
            } else {
                Shape shape = open.getShape();
                boolean several = shape.dimension() == 3; // the experts' matrices, one below the other
                view = turned
                        ? open.transpose()
                        : several ? open.reshape(shape.get(0) * shape.get(1), shape.get(2)) : open;
                if (place.rows > 0) {
                    view = view.get(place.first + ":" + (place.first + place.rows));
                }
            }
            NDArray rowByRow = view.flatten().reshape(view.getShape()); // not as a turned matrix lies
            return torch.ops().copy(manager, rowByRow);
        }

        private NDArray floats(NDManager manager, String name) {
            NDArray read = source.read(manager, name);
            if (read.getDataType() != DataType.FLOAT32) {
                throw new KitException(
                        "Tensor " + name + " in " + file + " holds whole numbers and no weights: take another model.");
            }
            return read;
        }

        void close() {
            if (scratch != null) {
                scratch.close();
                scratch = null;
                opened = "";
            }
        }
    }
}
