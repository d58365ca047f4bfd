"""As much of postcard's wire format as section 4.1 uses."""

U32 = 2**32 - 1
U64 = 2**64 - 1


class Malformed(Exception):
    """The bytes are not the encoding that was asked for."""


class Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise Malformed
        self.at += size
        return self.data[self.at - size : self.at]

    def u8(self) -> int:
        return self.take(1)[0]

    def varint(self, largest: int) -> int:
        """Over-long spellings pass where the type could need so many bytes; TOK-10 looks for them."""
        value = 0
        for shift in range(0, largest.bit_length(), 7):
            byte = self.u8()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value > largest:
                    raise Malformed
                return value
        raise Malformed

    def i64(self) -> int:
        number = self.varint(U64)
        return number >> 1 if number & 1 == 0 else -(number >> 1) - 1

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def i64(value: int) -> bytes:
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def string(value: str) -> bytes:
    encoded = value.encode()
    return varint(len(encoded)) + encoded


def read_string(data: bytes) -> str:
    """A string and nothing after it."""
    reader = Reader(data)
    encoded = reader.take(reader.varint(U64))
    if reader.rest():
        raise Malformed
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        raise Malformed from None
