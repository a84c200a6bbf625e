"""Writes the tables of mail/charset as C, from Python's converters with the few corrections that bring them to the indexes
and the labels of the WHATWG Encoding Standard: `charset_tables.py OUTPUT`."""
import sys

# encoding: the labels of the standard, behind "+" those that only mail uses
JAPANESE_AND_UNICODE = {
    "UTF8": "unicode-1-1-utf-8 utf-8 utf8 + x-utf-8 utf8mb4",
    "ISO_2022_JP": "csiso2022jp iso-2022-jp + iso2022-jp iso2022jp x-iso-2022-jp",
    "ISO_2022_JP_MAIL": "+ iso-2022-jp-1 iso-2022-jp-ms csiso2022jpms cp50220 cp50221 cp50222 cp50225 x-windows-50220 "
                        "x-windows-50221 x-windows-50222 x-windows-iso2022jp jis jis7 jis_encoding",
    "SHIFT_JIS": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis + cp932 cp943 cp943c cswindows31j "
                 "ibm-943 mskanji pck shiftjis sjis-docomo sjis-kddi sjis-softbank sjis-win windows-932 x-ms-cp932 "
                 "x-shift-jis x-shift_jis",
    "EUC_JP": "cseucpkdfmtjapanese euc-jp x-euc-jp + cp51932 euc euc_jp eucjp eucjp-ms eucjp-win eucjpms ujis x-euc x-eucjp",
    "HZ": "+ hz hz-gb-2312",
    "UNKNOWN": "ansi_x3.4-1968 ascii us-ascii + 7bit 8bit _autodetect _autodetect_all _autodetect_jp binary default iso-ir-6 "
               "iso646-us none unknown unknown-8bit us us_ascii usascii x-unknown x-user-defined",
}
# the same of encodings of one byte a character: the converter, the labels
SINGLE_BYTE = {
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859_2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    "iso8859_3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    "iso8859_4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    "iso8859_5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988",
    "iso8859_6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i "
                 "iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859_7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7 "
                 "iso_8859-7:1987 sun_eu_greek",
    "iso8859_8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 "
                 "iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859_10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859_13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859_14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859_15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 + latin-9 latin9",
    "iso8859_16": "iso-8859-16",
    "koi8_r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8_u": "koi8-ru koi8-u",
    "mac_roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874 + cp874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 "
              "windows-1252 x-cp1252 + iso-8859-1-windows-3.0-latin-1 iso-8859-1-windows-3.1-latin-1 latin-1 windows1252",
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 "
              "x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp437": "+ 437 cp437 cspc8codepage437 ibm437",
    "cp850": "+ 850 cp850 cspc850multilingual ibm850",
    "cp852": "+ 852 cp852 cspcp852 ibm852",
    "cp862": "+ 862 cp862 cspc862latinhebrew ibm862",
}
# the same of encodings that the C library decodes, by its names; MODAL where bytes below 0x80 are not always ASCII
LIBRARY = {
    "GB18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030 + cp936 euc-cn ms936 "
               "windows-936",
    "BIG5-HKSCS": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 + cp950 windows-950",
    "CP949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949 + "
             "cp949 euckr uhc",
    "EUC-TW": "+ cns11643 euc-tw x-euc-tw",
    "JOHAB": "+ cp1361 johab ms1361",
    "VISCII": "+ csviscii viscii",
}
LIBRARY_MODAL = {
    "ISO-2022-KR": "csiso2022kr iso-2022-kr",
    "ISO-2022-CN-EXT": "iso-2022-cn iso-2022-cn-ext",
    "ISO-2022-JP-2": "+ csiso2022jp2 iso-2022-jp-2",
    "ISO-2022-JP-3": "+ iso-2022-jp-2004 iso-2022-jp-3",
    "UTF-16": "utf-16 + ucs-2 iso-10646-ucs-2 csunicode unicode",
    "UTF-16BE": "utf-16be",
    "UTF-16LE": "utf-16le",
    "UTF-32": "+ utf-32 ucs-4 iso-10646-ucs-4",
    "UTF-7": "+ csunicode11utf7 unicode-1-1-utf-7 utf-7 x-unicode-1-1-utf-7 x-unicode-2-0-utf-7",
}
CORRECTIONS = {("koi8_u", 0xAE): 0x45E, ("koi8_u", 0xBE): 0x40E, ("cp1255", 0xCA): 0x5BA,
               ("jis0212", 116): 0xFF5E}  # FULLWIDTH TILDE


def decode(octets, converter):
    """The one code point of the octets; 0 when they are none."""
    try:
        text = bytes(octets).decode(converter)
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 else 0


def jis0208():
    """94 cells a row, as far as Shift_JIS reaches: with NEC's row 13, IBM's extensions and the private rows 95 to 114."""
    for pointer in range(94 * 120):
        lead, trail = divmod(pointer, 188)
        octets = lead + (0x81 if lead < 0x1F else 0xC1), trail + (0x40 if trail < 0x3F else 0x41)
        yield decode(octets, "cp932")


def jis0212():
    for pointer in range(94 * 94):
        known = decode((0x8F, 0xA1 + pointer // 94, 0xA1 + pointer % 94), "euc_jp")
        yield CORRECTIONS.get(("jis0212", pointer), known)


def single(converter):
    """0x80 to 0xFF; what is free among the controls means itself."""
    for octet in range(0x80, 0x100):
        known = decode([octet], converter) or (octet if octet < 0xA0 else 0)
        yield CORRECTIONS.get((converter, octet), known)


def labels():
    """(label, encoding, table of one byte a character, name in the C library) of every label."""
    for encoding, names in JAPANESE_AND_UNICODE.items():
        yield from ((name, encoding, 0, "") for name in names.replace("+", "").split())
    for number, names in enumerate(SINGLE_BYTE.values()):
        yield from ((name, "SINGLE", number, "") for name in names.replace("+", "").split())
    for kind, table in (("LIBRARY", LIBRARY), ("LIBRARY_MODAL", LIBRARY_MODAL)):
        for library, names in table.items():
            yield from ((name, kind, 0, library) for name in names.replace("+", "").split())


def write_values(out, values):
    values = [f"0x{value:X}" for value in values]
    for i in range(0, len(values), 16):
        out.write(f"    {', '.join(values[i:i + 16])},\n")


def main():
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("/* Made by charset_tables.py; 0 is no character. */\n")
        for name, values in (("jis0208", jis0208()), ("jis0212", jis0212())):
            out.write(f"const uint16_t charset_{name}[] = {{\n")
            write_values(out, values)
            out.write("};\n")
        out.write("const uint16_t charset_singles[][128] = {\n")
        for converter in SINGLE_BYTE:
            out.write("{\n")
            write_values(out, single(converter))
            out.write("},\n")
        out.write("};\nstatic const struct charset_label labels[] = {\n")
        for name, encoding, number, library in sorted(labels()):
            out.write(f'    {{"{name}", ENCODING_{encoding}, {number}, "{library}"}},\n')
        out.write("};\nconst char *const charset_library_names[] = {\n")
        for library in (*LIBRARY, *LIBRARY_MODAL):
            out.write(f'    "{library}",\n')
        out.write("    NULL,\n};\n")


if __name__ == "__main__":
    main()
