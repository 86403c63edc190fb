"""Whatever lies in a join folder or on a stick: a request or a packet it is, or one sentence says that it is none."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.common.errors import UserError
from app.sync.packets import MAX_BYTES, read_packet
from app.sync.requests import JoinRequest, code_of, decode_request, fingerprint, request_hash
from db.crypto.pairs import box_to
from db.crypto.sealing import digest, new_key, seal

REQUEST = JoinRequest.new("二号机")
MAGIC = b"LSJOIN1\n"
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=80) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def _request_code(data: bytes) -> str:
    try:
        decode_request(data)
    except UserError as refused:
        return refused.code
    return ""


def _packet_code(data: bytes) -> str:
    with pytest.raises(UserError) as refused:
        read_packet(REQUEST, data)
    assert refused.value.text()
    return refused.value.code


@given(st.binary(max_size=1200) | anything.map(msgspec.msgpack.encode))
def test_no_bytes_pass_for_a_request(data: bytes) -> None:
    assert _request_code(data) == "request-damaged"


@given(st.binary(max_size=1200))
def test_no_bytes_pass_for_a_packet(data: bytes) -> None:
    for whole in (data, MAGIC + data, MAGIC + digest(data, 32) + data):
        assert _packet_code(whole) == "packet-damaged"


@given(anything)
def test_no_outside_with_a_right_checksum_passes(content: object) -> None:
    rest = msgspec.msgpack.encode(content)
    assert _packet_code(MAGIC + digest(rest, 32) + rest) == "packet-damaged"


@given(anything, st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_no_content_sealed_to_this_pc_passes_without_a_director(
    content: object, signer: bytes, signature: bytes
) -> None:
    """Anybody who has seen the request can seal to its key."""
    answered, key = request_hash(REQUEST.data), new_key()
    inner = msgspec.msgpack.encode((msgspec.msgpack.encode(content), signer, signature))
    sealed = seal(inner, key, ("longshan join packet 1", "content", answered))
    box = decode_request(REQUEST.data).box
    rest = msgspec.msgpack.encode((answered, box_to(box, key), sealed))
    assert _packet_code(MAGIC + digest(rest, 32) + rest) in ("packet-damaged", "packet-newer")


def test_too_long_a_file_is_refused_before_it_is_read() -> None:
    assert _packet_code(MAGIC + bytes(MAX_BYTES)) == "packet-damaged"
    assert _request_code(REQUEST.data + bytes(1024)) == "request-damaged"


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "行\n行", "a\0b"])
def test_a_name_that_nobody_could_read_is_refused(name: str) -> None:
    with pytest.raises(UserError) as refused:
        JoinRequest.new(name)
    assert refused.value.code == "device-name"


@given(st.binary(max_size=64))
def test_digits_and_code_keep_their_shape(data: bytes) -> None:
    assert [len(group) for group in fingerprint(data).split(" ")] == [5] * 6
    assert fingerprint(data).replace(" ", "").isdecimal()
    assert [len(half) for half in code_of(data).split("-")] == [4, 4]
    assert not set(code_of(data)) & set("ILOU")
