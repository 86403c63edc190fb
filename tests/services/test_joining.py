"""A second PC joins: what it is shown, what opens, what is refused, and that a half-made one leaves nothing."""

# ruff: noqa: F811

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, text

from app.bootstrap import open_workspace, sign_in
from app.common.errors import Confirmation, UserError
from app.security import audit
from app.security.accounts import NewAccount
from app.security.permissions import Role
from app.sync import packets
from app.sync.admitting import NEVER_JOINED
from app.sync.hub_file import read_hub_file
from app.sync.joining import JoinRequest, fetch_packet, join, open_packet, send_request, still_missing, take_away
from app.sync.packets import Packet, make_packet, read_packet
from app.sync.requests import decode_request
from db.crypto.pairs import KeyPairs
from db.crypto.passwords import FLOOR_MEMORY
from db.crypto.sealing import digest
from db.models import AuditEntry, Client, Device, Organisation, StreamKey
from db.replica.hubs import folder_url
from db.replica.raw import columns, listed, models
from tests.services.casework import make_client
from tests.services.conftest import PASSWORD
from tests.services.two_pcs import (  # noqa: F401
    COUNTY_PASSWORD,
    County,
    TwoPcs,
    admit,
    county,
    county_template,
    pcs,
    pcs_template,
    with_county,
)


def _refused(code: str, act: object, *args: object) -> UserError:
    with pytest.raises(UserError) as refused:
        act(*args)  # type: ignore[operator]
    assert refused.value.code == code
    assert refused.value.text()
    return refused.value


def _admitted(pcs: TwoPcs, name: str = "三号机") -> tuple[JoinRequest, bytes]:
    request = JoinRequest.new(name)
    joining = pcs.sign(pcs.desk, "director").services.joining
    return request, joining.admit(request.data, pcs.centre, name).value.packet


def test_everybody_of_the_centre_signs_in_on_the_second_pc_at_once(pcs: TwoPcs) -> None:
    for login in ("desk", "psych", "psych2", "supervisor", "director"):
        office = pcs.sign(pcs.room2, login)
        assert office.who.roles == pcs.sign(pcs.desk, login).who.roles
        assert office.who.centre_id == pcs.centre
    with office.ctx.db.read() as tx:
        device = tx.execute(select(Device)).scalar_one()
        assert (device.letter, device.name, device.centre_id) == ("B", "二号机", pcs.centre)
        assert audit.broken_at(tx) is None
        assert set(tx.execute(select(StreamKey.stream)).scalars()) == {"org", pcs.centre}
    held = read_hub_file(pcs.room2)
    assert held is not None and held.streams == ["org", pcs.centre]


def test_what_one_pc_writes_the_other_shows_and_a_second_round_moves_nothing(pcs: TwoPcs) -> None:
    make_client(pcs.sign(pcs.desk, "desk"))
    pcs.sync(pcs.desk)
    pcs.sync(pcs.room2)
    with pcs.sign(pcs.room2, "desk").ctx.db.read() as tx:
        assert tx.execute(select(Client.name)).scalars().all() == ["王子琪"]
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        again = pcs.sync(folder)
    assert (again.pushed, again.pulled, again.merged, again.alarms) == (0, 0, 0, ())


def test_a_pc_joins_over_the_hub_and_the_director_reads_the_same_digits(pcs: TwoPcs, tmp_path: Path) -> None:
    director, url = pcs.sign(pcs.desk, "director"), folder_url(pcs.hub)
    request = JoinRequest.new("三号机")
    send_request(url, request)
    (pcs.hub / "join" / "0000-0000.join").write_bytes(request.data)  # under another name: not shown
    (pcs.hub / "join" / "AAAA-AAAA.join").write_bytes(b"\x91" * 900)
    (shown,) = director.services.joining.requests()
    assert (shown.code, shown.fingerprint, shown.device_name) == (request.code, request.fingerprint, "三号机")
    assert fetch_packet(url, request) is None
    admission = director.services.joining.admit(shown.data, pcs.centre, shown.device_name).value
    assert admission.delivered and admission.letter == "C"
    assert director.services.joining.requests() == []  # answered
    assert admission.root_fingerprint == director.services.joining.root_fingerprint()
    packet = fetch_packet(url, request)
    assert packet is not None
    offer = open_packet(request, packet)
    assert (offer.letter, offer.device_name, offer.hub_url) == ("C", "三号机", url)
    assert offer.root_fingerprint == admission.root_fingerprint
    join(tmp_path / "room3", request, offer, offer.hub_url, pcs.clock)
    take_away(url, request)
    assert not list((pcs.hub / "join").glob(f"{request.code}*"))
    assert pcs.sync(tmp_path / "room3").alarms == ()
    assert {peer.letter for peer in pcs.sign(tmp_path / "room3", "desk").services.sync.status().peers} == {"A", "B"}


def test_digits_and_code_are_groups_that_two_people_can_compare() -> None:
    one, other = JoinRequest.new("一"), JoinRequest.new("一")
    assert one.fingerprint != other.fingerprint and one.code != other.code
    groups = one.fingerprint.split(" ")
    assert len(groups) == 6 and all(len(group) == 5 and group.isdigit() for group in groups)
    assert len(one.code) == 9 and one.code[4] == "-"


def test_an_altered_request_is_refused_whichever_byte_it_is(pcs: TwoPcs) -> None:
    data = JoinRequest.new("三号机").data
    joining = pcs.sign(pcs.desk, "director").services.joining
    assert joining.read_request(data).device_name == "三号机"
    for at in range(len(data)):
        _refused("request-damaged", joining.read_request, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    for wrong in (b"", data[:-1], data + b"\0", data * 20, b"\xc1" * 100):
        _refused("request-damaged", joining.read_request, wrong)


def test_a_packet_for_another_pc_or_an_earlier_request_does_not_open(pcs: TwoPcs) -> None:
    request, packet = _admitted(pcs)
    _refused("packet-not-for-this-pc", open_packet, JoinRequest.new("三号机"), packet)
    open_packet(request, packet)
    # Even one whose outside was made to name the other request.
    other = JoinRequest.new("三号机")
    _refused("packet-damaged", open_packet, other, _outside(packet, request=digest(other.data, 32)))


def _outside(packet: bytes, **changed: bytes) -> bytes:
    """The same packet with another outside, its checksum right again."""
    outer = msgspec.msgpack.decode(packet[40:], type=packets._Outer)
    rest = msgspec.msgpack.encode(msgspec.structs.replace(outer, **changed))
    return packet[:8] + digest(rest, 32) + rest


def test_an_altered_byte_anywhere_is_seen(pcs: TwoPcs) -> None:
    request, packet = _admitted(pcs)
    step = max(1, len(packet) // 97)
    for at in {*range(60), *range(60, len(packet), step), len(packet) - 1}:
        altered = packet[:at] + bytes([packet[at] ^ 1]) + packet[at + 1 :]
        _refused("packet-damaged", open_packet, request, altered)
    for wrong in (b"", packet[:-1], packet[: len(packet) // 2], packet + b"\0"):
        _refused("packet-damaged", open_packet, request, wrong)


@pytest.mark.parametrize("part", ["key", "sealed"])
def test_a_packet_altered_with_its_checksum_is_seen(pcs: TwoPcs, part: str) -> None:
    request, packet = _admitted(pcs)
    value = getattr(msgspec.msgpack.decode(packet[40:], type=packets._Outer), part)
    for at in (0, len(value) // 2, len(value) - 1):
        altered = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
        _refused("packet-damaged", open_packet, request, _outside(packet, **{part: altered}))


def _forged(request: JoinRequest, packet: Packet, signer: KeyPairs) -> bytes:
    return make_packet(packet, decode_request(request.data), request.data, signer)


def test_a_packet_that_no_director_signed_is_refused(pcs: TwoPcs) -> None:
    request, packet = _admitted(pcs)
    content = read_packet(request, packet)
    director = pcs.sign(pcs.desk, "director").who.keys
    open_packet(request, _forged(request, content, director))
    for login in ("desk", "psych", "supervisor"):
        signer = pcs.sign(pcs.desk, login).who.keys
        _refused("packet-not-signed", open_packet, request, _forged(request, content, signer))
    _refused("packet-not-signed", open_packet, request, _forged(request, content, KeyPairs.new()))
    changes: list[dict[str, object]] = [
        {"letter": "Z"},
        {"centre": "00" * 12},
        {"device_name": "别的"},
        {"organisation": "11" * 12},
        {"root_sign": KeyPairs.new().public.sign},
        {"statements": content.statements[:-1]},
        {"statements": []},
    ]
    for changed in changes:
        altered = msgspec.structs.replace(content, **changed)
        _refused("packet-not-signed", open_packet, request, _forged(request, altered, director))


def test_a_packet_of_a_newer_program_says_so_and_one_with_a_wrong_segment_is_damaged(pcs: TwoPcs) -> None:
    request, packet = _admitted(pcs)
    content, director = read_packet(request, packet), pcs.sign(pcs.desk, "director").who.keys
    newer = msgspec.structs.replace(content, format=2)
    _refused("packet-newer", open_packet, request, _forged(request, newer, director))
    segment = content.segments[0]
    for path in ("../../etc/x", segment.path.replace("org", "og", 1), segment.path[:-1] + "0"):
        wrong = msgspec.structs.replace(segment, path=path)
        if wrong.path == segment.path:
            continue
        altered = msgspec.structs.replace(content, segments=[wrong])
        _refused("packet-damaged", open_packet, request, _forged(request, altered, director))


def test_another_organisation_with_the_same_names_shows_other_digits(
    pcs: TwoPcs, template: Path, tmp_path: Path
) -> None:
    """Nothing but the digits tells it: that is why two people compare them."""
    from app.security.founding import CentreSpec, FoundingSpec, found

    spec = FoundingSpec(
        "聊城市学生心理健康发展服务中心",
        CentreSpec("聊城市学生心理健康发展服务中心"),
        NewAccount("director", "郑主任", frozenset({Role.DIRECTOR}), PASSWORD),
        kdf_memory=FLOOR_MEMORY,
    )
    found(tmp_path / "false", spec, pcs.clock)
    impostor = pcs.sign(tmp_path / "false", "director")
    request = JoinRequest.new("三号机")
    false = impostor.services.joining.admit(request.data, impostor.who.centre_id, "三号机").value
    offer = open_packet(request, false.packet)
    true = pcs.sign(pcs.desk, "director").services.joining.root_fingerprint()
    assert offer.centre_name == "聊城市学生心理健康发展服务中心" and offer.root_fingerprint != true


def test_a_folder_that_holds_a_centre_is_left_alone(pcs: TwoPcs) -> None:
    request, packet = _admitted(pcs)
    before = {path: path.read_bytes() for path in pcs.room2.rglob("*") if path.is_file()}
    _refused("workspace-exists", join, pcs.room2, request, open_packet(request, packet))
    assert {path: path.read_bytes() for path in pcs.room2.rglob("*") if path.is_file()} == before


def test_a_request_admitted_twice_keeps_its_letter_and_one_that_joined_is_refused(pcs: TwoPcs, tmp_path: Path) -> None:
    joining = pcs.sign(pcs.desk, "director").services.joining
    request = JoinRequest.new("三号机")
    first = joining.admit(request.data, pcs.centre, "三号机").value
    again = joining.admit(request.data, pcs.centre, "三号机").value
    assert (first.letter, again.letter) == ("C", "C") and first.packet != again.packet
    with pcs.sign(pcs.desk, "director").ctx.db.read() as tx:
        acts = tx.execute(select(AuditEntry.act).where(AuditEntry.act.startswith("device."))).scalars().all()
    assert acts == ["device.admitted", "device.admitted", "device.packet-again"]
    join(tmp_path / "room3", request, open_packet(request, first.packet), folder_url(pcs.hub), pcs.clock)
    make_client(pcs.sign(tmp_path / "room3", "desk"))
    pcs.sync(tmp_path / "room3")
    pcs.sync(pcs.desk)
    _refused("already-joined", joining.admit, request.data, pcs.centre, "三号机")


def test_only_a_director_whose_screen_is_open_admits(pcs: TwoPcs) -> None:
    request = JoinRequest.new("三号机")
    for login in ("desk", "psych", "supervisor"):
        joining = pcs.sign(pcs.desk, login).services.joining
        for act in (joining.centres, joining.requests, joining.root_fingerprint):
            _refused("not-allowed", act)
        _refused("not-allowed", joining.admit, request.data, pcs.centre, "三号机")
    director = pcs.sign(pcs.desk, "director")
    director.lock()
    _refused("locked", director.services.joining.admit, request.data, pcs.centre, "三号机")


def test_a_centre_gives_out_26_letters_and_no_more(pcs: TwoPcs) -> None:
    letters = [_letter(pcs) for _ in range(24)]
    assert letters == list("CDEFGHIJKLMNOPQRSTUVWXYZ")
    _refused("no-letter-left", _letter, pcs)


def _letter(pcs: TwoPcs) -> str:
    joining = pcs.sign(pcs.desk, "director").services.joining
    return str(joining.admit(JoinRequest.new("机").data, pcs.centre, "机").value.letter)


def test_two_directors_who_give_out_one_letter_at_once_are_told(pcs: TwoPcs) -> None:
    for folder in (pcs.desk, pcs.room2):
        joining = pcs.sign(folder, "director").services.joining
        assert joining.admit(JoinRequest.new("三号机").data, pcs.centre, "三号机").value.letter == "C"
    pcs.sync(pcs.desk)
    for folder in (pcs.room2, pcs.desk):
        (alarm,) = pcs.sync(folder).alarms
        assert "C" in alarm and "三号机" in alarm
    assert _letter(pcs) == "D"


def test_a_centre_without_users_gets_no_pc(pcs: TwoPcs) -> None:
    from app.security.founding import CentreSpec, add_centre
    from app.security.permissions import May
    from db.replica.stamping import new_id

    director = pcs.sign(pcs.desk, "director")
    with director.ctx.write(May.EDIT_CENTRE, "test") as act:
        empty = new_id(act.tx)
        add_centre(act.tx, CentreSpec("冠县中心", "GX"), empty)
    joining = director.services.joining
    assert [(c.own, c.users) for c in joining.centres()] == [(True, 5), (False, 0)]
    _refused("centre-without-users", joining.admit, JoinRequest.new("机").data, empty, "机")


def test_a_second_pc_of_a_county_is_admitted_there(county: County, tmp_path: Path) -> None:
    city, request = county.city, JoinRequest.new("莘县二号机")
    in_the_city = city.sign(city.desk, "director").services.joining
    with pytest.raises(Confirmation) as asked:
        in_the_city.admit(request.data, county.centre, "莘县二号机")
    assert asked.value.token == NEVER_JOINED and "莘县一号机" in asked.value.text()
    make_client(city.sign(county.folder, "county", COUNTY_PASSWORD))
    city.sync(county.folder, "county", COUNTY_PASSWORD)
    city.sync(city.desk)
    there = city.sign(county.folder, "countydir", COUNTY_PASSWORD)
    admit(there, tmp_path / "county2", county.centre, "莘县二号机", city.clock)
    second = city.sign(tmp_path / "county2", "county", COUNTY_PASSWORD)
    with second.ctx.db.read() as tx:
        assert tx.execute(select(Device.letter)).scalar_one() == "B"
        assert tx.execute(select(Client.name)).scalars().all() == ["王子琪"]
        assert set(tx.execute(select(StreamKey.stream)).scalars()) == {"org", county.centre}


def test_the_city_asks_no_more_once_the_county_has_been_heard(county: County) -> None:
    """A joined PC greets everybody, though its own stream goes to nobody else."""
    city = county.city
    city.sync(county.folder, "county", COUNTY_PASSWORD)
    city.sync(city.desk)
    joining = city.sign(city.desk, "director").services.joining
    request = JoinRequest.new("莘县二号机")
    confirmed = frozenset({NEVER_JOINED})
    _refused("admit-there", joining.admit, request.data, county.centre, "莘县二号机", confirmed)


def test_a_first_pc_that_never_began_is_replaced_with_a_key_of_its_own(county: County, tmp_path: Path) -> None:
    city, request = county.city, JoinRequest.new("莘县新机")
    joining = city.sign(city.desk, "director").services.joining
    made = joining.admit(request.data, county.centre, "莘县新机", frozenset({NEVER_JOINED})).value
    assert made.letter == "B"
    join(tmp_path / "new", request, open_packet(request, made.packet), clock=city.clock)
    with city.sign(tmp_path / "new", "county", COUNTY_PASSWORD).ctx.db.read() as tx:
        keys = [tuple(row) for row in tx.execute(select(StreamKey.stream, StreamKey.epoch))]
    assert sorted(keys) == sorted([("org", 1), (county.centre, 2)])


def test_a_hub_that_was_rolled_back_at_joining_is_seen_until_it_gives_what_was_promised(
    pcs: TwoPcs, tmp_path: Path
) -> None:
    """A large centre's history is not in the packet, only its heads: the new PC knows what it waits for."""
    make_client(pcs.sign(pcs.desk, "desk"))
    request, packet = _admitted(pcs)
    content, director = read_packet(request, packet), pcs.sign(pcs.desk, "director").who.keys
    assert any(head.stream == pcs.centre for head in content.heads)
    small = [segment for segment in content.segments if segment.path.startswith("org")]
    lean = msgspec.structs.replace(content, segments=small)
    offer = open_packet(request, _forged(request, lean, director))
    join(tmp_path / "room3", request, offer, folder_url(pcs.hub), pcs.clock)
    office = pcs.sign(tmp_path / "room3", "desk")
    with office.ctx.db.read() as tx:
        promised = still_missing(tx)
    assert promised > 0
    assert pcs.sync(tmp_path / "room3", "desk").alarms  # the director's PC has sent nothing yet
    pcs.sync(pcs.desk)
    assert pcs.sync(tmp_path / "room3", "desk").alarms == ()
    with office.ctx.db.read() as tx:
        assert still_missing(tx) == 0
        assert tx.execute(select(Client.name)).scalars().all() == ["王子琪"]


def test_no_secret_of_joining_lies_in_any_file_or_in_the_hub(pcs: TwoPcs, tmp_path: Path) -> None:
    request, packet = _admitted(pcs)
    content = read_packet(request, packet)
    join(tmp_path / "room3", request, open_packet(request, packet), folder_url(pcs.hub), pcs.clock)
    secrets = [request.pairs.sign_seed, request.pairs.box_private, *(key.key for key in content.keys)]
    for folder in (pcs.desk, tmp_path / "room3", pcs.hub):
        for path in folder.rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            assert not any(secret in data or secret.hex().encode() in data for secret in secrets), path
    assert not any(secret in packet for secret in secrets)


def test_a_member_of_the_county_opens_no_pc_of_the_city_and_the_other_way_round(county: County) -> None:
    with_names = {entry.login for entry in open_workspace(county.folder).accounts.entries}
    assert with_names == {"county", "countydir"}
    assert "county" not in {entry.login for entry in open_workspace(county.city.desk).accounts.entries}
    _refused("ask-colleague", sign_in, open_workspace(county.folder), "director", PASSWORD)


def test_a_hub_that_is_away_keeps_nobody_from_being_let_in(pcs: TwoPcs, tmp_path: Path) -> None:
    pcs.hub.rename(tmp_path / "gone")
    joining = pcs.sign(pcs.desk, "director").services.joining
    _refused("hub-away", joining.requests)
    request = JoinRequest.new("三号机")
    made = joining.admit(request.data, pcs.centre, "三号机").value
    assert not made.delivered
    offer = open_packet(request, made.packet)
    for url in ("s3:bucket", "/somewhere", "folder:"):
        _refused("hub-unknown", join, tmp_path / "room3", request, offer, url)
    assert not (tmp_path / "room3").exists()
    join(tmp_path / "room3", request, offer, folder_url(pcs.hub), pcs.clock)
    assert pcs.sign(tmp_path / "room3", "desk").who.login == "desk"
    _refused("hub-away", pcs.sync, tmp_path / "room3", "desk")


def test_a_second_organisation_slipped_into_the_file_changes_nothing(pcs: TwoPcs, tmp_path: Path) -> None:
    """Any PC may write rows of the stream that all share; only the root that was pinned counts."""
    false = KeyPairs.new().public
    with pcs.sign(pcs.room2, "desk").ctx.db.write() as tx:
        tx.add(Organisation(stream="org", name="假机构", root_sign=false.sign, root_box=false.box, demo=True))
    pcs.sync(pcs.room2)
    pcs.sync(pcs.desk)
    request, packet = _admitted(pcs)
    offer = open_packet(request, packet)
    assert offer.organisation == "聊城市学生心理健康发展服务中心" and not offer.demo
    join(tmp_path / "room3", request, offer, folder_url(pcs.hub), pcs.clock)
    office = pcs.sign(tmp_path / "room3", "desk")
    assert office.ctx.root == pcs.sign(pcs.desk, "desk").ctx.root
    assert office.services.centre.view().organisation == "聊城市学生心理健康发展服务中心"


def _content(folder: Path, pcs: TwoPcs) -> dict[str, set[tuple[object, ...]]]:
    """Everything that travels, bit for bit, with its versions and the sides that do not show."""
    queries = {table: f'SELECT {listed(columns(table))} FROM "{table}"' for table in models()}
    queries["group_version"] = "SELECT table_name, row_id, group_name, version, stamp FROM group_version"
    queries["loser"] = "SELECT table_name, row_id, group_name, version, against FROM loser"
    with pcs.sign(folder, "desk").ctx.db.read() as tx:
        return {name: {tuple(row) for row in tx.execute(text(query))} for name, query in queries.items()}


def test_fault_41_a_pc_that_joins_late_holds_what_the_others_hold(pcs: TwoPcs, tmp_path: Path) -> None:
    """By the packet alone, and by the hub alone: edits, concurrent edits and their losers included."""
    client = make_client(pcs.sign(pcs.desk, "desk"))
    for folder in (pcs.desk, pcs.room2):
        pcs.sync(folder)
    for folder, remark in ((pcs.desk, "周一来电"), (pcs.room2, "周二来电")):
        with pcs.sign(folder, "desk").ctx.db.write() as tx:
            tx.get_one(Client, client).remarks = remark
        pcs.sign(folder, "director").services.centre.set_letterhead("新名称", "新地址", remark)
    for folder in (pcs.desk, pcs.room2, pcs.desk):
        pcs.sync(folder)
    whole = _content(pcs.desk, pcs)
    assert whole["loser"] and whole == _content(pcs.room2, pcs)
    request, packet = _admitted(pcs)
    whole = _content(pcs.desk, pcs)
    join(tmp_path / "by-packet", request, open_packet(request, packet), clock=pcs.clock)
    assert _content(tmp_path / "by-packet", pcs) == whole
    content, director = read_packet(request, packet), pcs.sign(pcs.desk, "director").who.keys
    lean = msgspec.structs.replace(content, segments=[s for s in content.segments if s.path.startswith("org")])
    offer = open_packet(request, _forged(request, lean, director))
    join(tmp_path / "by-hub", request, offer, folder_url(pcs.hub), pcs.clock)
    assert not _content(tmp_path / "by-hub", pcs)["client"]
    pcs.sync(pcs.desk)
    pcs.sync(tmp_path / "by-hub", "desk")
    assert _content(tmp_path / "by-hub", pcs) == _content(pcs.desk, pcs) == whole
