"""Which language is it in? By the words that stand in the names of subtitles."""

from typing import Final

# ISO 639-1. A word of two letters that is none of these is no language.
_SHORT: Final = frozenset({
    "aa", "ab", "af", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bo", "br", "bs", "ca",
    "co", "cs", "cy", "da", "de", "dz", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fj",
    "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "ha", "he", "hi", "hr", "hu", "hy", "ia",  # codespell:ignore fo
    "id", "ik", "is", "it", "ja", "jv", "ka", "kk", "kl", "km", "kn", "ko", "ku", "ky", "la",
    "lb", "ln", "lo", "lt", "lv", "mg", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb",
    "ne", "nl", "nn", "no", "oc", "or", "pa", "pl", "ps", "pt", "qu", "rm", "ro", "ru", "rw",
    "sa", "sd", "sg", "sh", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "st", "su", "sv",
    "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "ug", "uk",  # codespell:ignore te
    "ur", "uz", "vi", "vo", "wo", "xh", "yi", "yo", "zh", "zu",
})  # fmt: skip
_LONG: Final = frozenset({
    "alb", "afr", "amh", "ara", "arm", "aze", "baq", "bel", "ben", "bos", "bre", "bul", "bur",
    "cat", "ces", "chi", "cze", "cym", "dan", "deu", "dut", "ell", "eng", "est", "eus", "fas",
    "fao", "fin", "fra", "fre", "geo", "ger", "gla", "gle", "glg", "gre", "guj", "heb", "hin",
    "hrv", "hun", "hye", "ice", "ind", "isl", "ita", "jav", "jpn", "kan", "kat", "kaz", "khm",
    "kor", "kur", "lao", "lat", "lav", "lit", "ltz", "mac", "mal", "mao", "mar", "may", "mkd",
    "mlt", "mon", "mri", "msa", "mya", "nep", "nld", "nno", "nob", "nor", "pan", "per", "pol",
    "por", "pus", "ron", "rum", "rus", "sin", "slk", "slo", "slv", "som", "spa", "sqi", "srp",  # codespell:ignore som
    "swa", "swe", "tam", "tel", "tgl", "tha",  # codespell:ignore tha
    "tur", "ukr", "urd", "uzb", "vie", "wel", "yid",  # codespell:ignore vie,wel
    "yor", "zho", "zul",
})  # fmt: skip
_NAMES: Final = {
    "albanian": "sq", "arabic": "ar", "basque": "eu", "bosnian": "bs", "brazilian": "pt", "bulgarian": "bg",
    "cantonese": "zh", "castellano": "es", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs",
    "danish": "da", "dansk": "da", "deutsch": "de", "dutch": "nl", "english": "en", "espanol": "es", "español": "es",
    "estonian": "et", "finnish": "fi", "francais": "fr", "français": "fr", "french": "fr", "german": "de",
    "greek": "el",
    "hebrew": "he", "hindi": "hi", "hungarian": "hu", "icelandic": "is", "indonesian": "id", "italian": "it",
    "italiano": "it", "japanese": "ja", "korean": "ko", "latvian": "lv", "lithuanian": "lt", "macedonian": "mk",
    "malay": "ms", "mandarin": "zh", "nederlands": "nl", "norsk": "no", "norwegian": "no", "persian": "fa",
    "polish": "pl", "polski": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "serbian": "sr",
    "slovak": "sk", "slovenian": "sl", "spanish": "es", "svenska": "sv", "swedish": "sv", "thai": "th", "turkish": "tr",
    "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip


def language_of(word: str) -> str | None:
    """Return the language that a word stands for, in two or three letters: "en", "ger", "Deutsch"."""
    folded = word.casefold()
    return folded if folded in _SHORT or folded in _LONG else _NAMES.get(folded)
