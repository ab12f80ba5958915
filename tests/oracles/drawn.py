"""Texts drawn to try tokenizers with: white space, contractions, numbers, scripts, special tokens, and characters that all versions of Unicode know alike."""
import unicodedata

PARTS = [" ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", "\u00a0", "\u3000", "'s", "'S", "'\u017f", "'LL", "'re", "'Ve", "'d", "'m", "'t", "don't", "the", "The", " the ",
         "Cat", "cat", "dog", "dogs", "CAT", "1", "12", "12345", "½", "٣", "Ⅷ", "é", "e\u0301", "Å", "\u212b", "ﬁ", "ß", "İ", "Σ", "ς", "日本", "漢", "한국", "\u1112\u1161\u11ab",
         "нет", "मस्ते", "ا", "😀", "👨\u200d👩\u200d👧", "👍🏽", "_", "__", "-", "...", "!?", "▁", "▁▁", "Ġ", "##", "<0x0A>", "<unk>", "<s>", "</s>", "[MASK]", "[BOTH]", "[LEFT]",
         "[RIGHT]", "[UNK]", "<|endoftext|>", "<|im_start|>", "<tool_call>", "<|eot_id|>", "<start_of_turn>", "\0", "\7", "\u200b", "\u200d", "\ufeff", "\ufffd", "\u0085",
         "\u2029", "model", " kit", "tokenizer", "Übermut"]
CHANGED = {0x166d, 0x1734, 0x1885, 0x1886}  # of which Unicode says today what it did not say at first


def drawn(rng):
    text = ""
    for _ in range(rng.randint(1, 14)):
        way = rng.randrange(5)
        if way == 0:
            text += chr(rng.randrange(32, 127))
        elif way == 1:
            c = rng.randrange(0x20000 if rng.randrange(3) == 0 else 0x3000)  # as all versions of Unicode know it: of 3.2
            known = unicodedata.ucd_3_2_0.category(chr(c)) == unicodedata.category(chr(c)) not in ("Cn", "Cs") and c not in CHANGED
            text += chr(c) if known else "x"
        else:
            text += rng.choice(PARTS)
    return text


def words(ids):
    return " ".join(map(str, ids))
