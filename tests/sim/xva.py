"""Exports as hosts stream them: a tar of ova.xml and, disk by disk, chunks of 1 MiB with a checksum behind each."""
import ctypes
import ctypes.util
import hashlib

from xapi import to_xml

CHUNK = 1 << 20


def xxhash64(data):
    """XXH64 as newer hosts write it; the library is one of Kairan's own."""
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH64.restype = ctypes.c_uint64
    library.XXH64.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64)
    return f"{library.XXH64(data, len(data), 0):016x}"


def tar_member(name, data):
    """One member of a ustar archive, padded."""
    head = bytearray(512)
    head[0:len(name)] = name.encode()
    head[100:108] = b"0000644\0"
    head[108:116] = head[116:124] = b"0000000\0"
    head[124:136] = b"%011o\0" % len(data)
    head[136:148] = b"00000000000\0"
    head[148:156] = b" " * 8
    head[156:157] = b"0"
    head[257:265] = b"ustar\x0000"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data + bytes(-len(data) % 512)


_cache = {}


def chunk_of(seed, length=CHUNK):
    """(bytes, SHA-1 in hex) of a chunk that looks like data; few of them, for speed."""
    key = (seed % 7, length)
    if key not in _cache:
        block = b"".join(hashlib.sha256(b"%d/%d" % (key[0], i)).digest() for i in range(256))
        data = (block * (length // len(block) + 1))[:length]
        _cache[key] = data, hashlib.sha1(data).hexdigest(), None
    return _cache[key][:2]


def members(disks, version=None, xx=False, vm=None):
    """(name, bytes) of every member. `disks`: (reference, virtual size, numbers of the chunks that hold data)."""
    objects = [] if vm is None else [{"class": "VM", "id": "Ref:vm", "snapshot": {
        name: vm[name] for name in ("uuid", "name_label", "is_a_template", "is_a_snapshot", "power_state")}}]
    for number, (reference, size, _) in enumerate(disks):
        objects.append({"class": "VBD", "id": f"Ref:vbd{number}", "snapshot": {
            "VM": "Ref:vm", "VDI": reference, "type": "Disk", "userdevice": str(number), "empty": False}})
        objects.append({"class": "VDI", "id": reference, "snapshot": {"uuid": reference, "virtual_size": str(size)}})
    ova = {"version": version or {"hostname": "sim", "product_version": "6.5.0", "xapi_major": "1", "xapi_minor": "3",
                                  "export_vsn": "2"},
           "objects": objects}
    yield "ova.xml", to_xml(ova).encode()
    for reference, size, filled in disks:
        last = max(0, (size + CHUNK - 1) // CHUNK - 1)
        for number in sorted({0, last, *filled}):
            length = min(CHUNK, size - number * CHUNK)
            data, digest = chunk_of(number + 1, length) if number in filled else (bytes(length), None)
            name = f"{reference}/{number:08d}"
            yield name, data
            if xx:
                yield name + ".xxhash", xxhash64(data).encode()
            else:
                yield name + ".checksum", (digest or hashlib.sha1(data).hexdigest()).encode()


def stream(disks, **options):
    """The whole archive in pieces."""
    for name, data in members(disks, **options):
        yield tar_member(name, data)
    yield bytes(1024)
