"""The outbox: what is staged is stored whole, delivered by its protocol, and never doubled."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

import storage
from storage import outbox, sending, suppression
from storage.outbox import Letter, Staged, Telling
from storage.outbox_tables import DeliveryRow, DigestRow, ToldRow

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def staged(name: str = "s", slot: str = "2026-11-23", at: datetime = NOW, **values: object) -> Staged:
    base: dict[str, object] = {
        "subscription": name,
        "slot": slot,
        "since": at - timedelta(days=1),
        "until": at,
        "message_id": f"<{slot}.{name}@x.example>",
        "subject": "1 agreement",
        "tellings": (Telling("kz-rw-2026-11", "signed", "signed|19 Nov 2026|KZ–RW"),),
        "letters": (Letter(f"mailto:{name}@example.org", "mailto", b"From: a\r\n\r\nbody\r\n"),),
    }
    return Staged(**{**base, **values})  # type: ignore[arg-type]


def put(engine: Engine, *digests: Staged, now: datetime = NOW) -> list[int | None]:
    with storage.transaction(engine) as session:
        return [outbox.stage(session, digest, now) for digest in digests]


def begin(engine: Engine, delivery: int, now: datetime = NOW) -> sending.Outgoing | None:
    with storage.transaction(engine) as session:
        return sending.begin(session, delivery, now)


def due(engine: Engine, now: datetime = NOW) -> list[int]:
    with storage.transaction(engine) as session:
        sending.recover(session, now)
        return [delivery for delivery, _ in sending.due(session, now)]


def states(engine: Engine) -> tuple[list[str], list[str]]:
    """States of all digests and of all deliveries."""
    with storage.reading(engine) as session:
        digests = session.exec(select(DigestRow.state).order_by(DigestRow.id)).all()
        deliveries = session.exec(select(DeliveryRow.state).order_by(DeliveryRow.id)).all()
    return list(digests), list(deliveries)


def told(engine: Engine, name: str = "s") -> dict[str, str]:
    with storage.reading(engine) as session:
        return {key: one.state for key, one in outbox.told(session, name, ["kz-rw-2026-11"]).items()}


def step(engine: Engine, what: str, delivery: int, now: datetime, *words: str) -> object:
    with storage.transaction(engine) as session:
        return getattr(sending, what)(session, delivery, now, *words)


def test_a_slot_is_staged_once_and_one_digest_is_under_way(engine: Engine) -> None:
    first, again, other_slot, other_name = put(engine, staged(), staged(), staged(slot="2026-11-24"), staged(name="t"))
    assert (first is not None, again, other_slot, other_name is not None) == (True, None, None, True)
    assert states(engine) == (["under_way"] * 2, ["queued"] * 2)


def test_the_database_itself_refuses_a_second_one_under_way(engine: Engine) -> None:
    put(engine, staged())
    row = DigestRow(
        subscription="s", slot="other", kind="digest", state="under_way", since=NOW, until=NOW, composed=NOW,
        message_id="<x@y>", subject="",
    )  # fmt: skip
    with pytest.raises((IntegrityError, storage.StoreError)), storage.transaction(engine) as session:
        session.add(row)


def test_a_correction_may_go_beside_a_digest_under_way(engine: Engine) -> None:
    fix = staged(
        slot="fix kz-rw-2026-11", kind="correction", tellings=(Telling("kz-rw-2026-11", "signed", "withdrawn"),)
    )
    assert None not in put(engine, staged(), fix)
    with storage.reading(engine) as session:
        assert outbox.told(session, "s", ["kz-rw-2026-11"])["kz-rw-2026-11"].mark == "withdrawn"
        standing = session.exec(select(ToldRow.mark).where(ToldRow.standing)).all()
    assert list(standing) == ["withdrawn"]


def test_an_empty_slot_is_remembered_and_leaves_the_window_open(engine: Engine) -> None:
    put(engine, staged(letters=(), tellings=()))
    with storage.reading(engine) as session:
        standing = outbox.standings(session, NOW)["s"]
    assert standing.slots == {"2026-11-23"}
    assert standing.until is None
    assert standing.began == NOW - timedelta(days=1)
    assert due(engine) == []


def test_the_way_of_a_delivery(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    outgoing = begin(engine, delivery)
    assert outgoing is not None
    assert (outgoing.subscription, outgoing.body, outgoing.attempts) == ("s", b"From: a\r\n\r\nbody\r\n", 1)
    assert begin(engine, delivery) is None, "it is claimed"
    step(engine, "doubt", delivery, NOW)
    step(engine, "sent", delivery, NOW)
    assert states(engine) == (["delivered"], ["sent"])
    assert due(engine, NOW + timedelta(days=30)) == []
    with storage.reading(engine) as session:
        assert outbox.standings(session, NOW)["s"].until == NOW


def test_a_crash_before_the_doubt_costs_nothing(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    for _ in range(50):
        begin(engine, delivery)
        assert due(engine) == [delivery]
    assert states(engine) == (["under_way"], ["queued"])


def test_a_crash_in_doubt_is_repeated_once_then_uncertain(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    begin(engine, delivery)
    step(engine, "doubt", delivery, NOW)
    assert due(engine, NOW + 14 * MINUTE) == []
    assert due(engine, NOW + 15 * MINUTE) == [delivery]
    repeat = begin(engine, delivery, NOW + 15 * MINUTE)
    assert repeat is not None
    assert repeat.body == b"From: a\r\n\r\nbody\r\n"
    step(engine, "doubt", delivery, NOW + 15 * MINUTE)
    assert due(engine, NOW + 30 * MINUTE) == []
    assert states(engine) == (["uncertain"], ["uncertain"])
    assert told(engine) == {"kz-rw-2026-11": "uncertain"}
    with storage.reading(engine) as session:
        assert outbox.standings(session, NOW)["s"].until is None, "the window stays open"
        assert session.exec(select(ToldRow).where(ToldRow.standing)).all() == []


def test_no_answer_counts_as_doubt(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    for now, state in ((NOW, "doubt"), (NOW + 15 * MINUTE, "uncertain")):
        begin(engine, delivery, now)
        step(engine, "doubt", delivery, now)
        assert step(engine, "unsure", delivery, now, "broke off") == state


def test_a_clear_no_after_the_body_takes_the_doubt_back(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    now = NOW
    for _ in range(5):
        begin(engine, delivery, now)
        step(engine, "doubt", delivery, now)
        now = step(engine, "defer", delivery, now, "451")  # type: ignore[assignment]
    with storage.reading(engine) as session:
        row = session.get_one(DeliveryRow, delivery)
        assert (row.state, row.doubts, row.attempts) == ("deferred", 0, 5)


def test_pauses_grow_from_half_an_hour_and_end_after_five_days(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    now, pauses = NOW, []
    while due(engine, now):
        begin(engine, delivery, now)
        after = step(engine, "defer", delivery, now, "450")
        assert isinstance(after, datetime)
        pauses.append(after - now)
        now = after
    assert pauses[0] == timedelta(minutes=30)
    assert pauses == sorted(pauses)
    assert max(pauses) <= timedelta(hours=6)
    assert NOW + timedelta(days=5) < now <= NOW + timedelta(days=5, hours=6)
    assert states(engine) == (["failed"], ["expired"])
    assert told(engine) == {}, "its agreements come with the next digest"


def test_a_refusal_is_final_and_the_third_in_a_row_pauses_the_address(engine: Engine) -> None:
    paused = []
    for day in range(3):
        now = NOW + timedelta(days=day)
        put(engine, staged(slot=f"{now:%Y-%m-%d}", at=now), now=now)
        (delivery,) = due(engine, now)
        begin(engine, delivery, now)
        paused.append(step(engine, "refuse", delivery, now, "550"))
    assert paused == [False, False, True]
    with storage.reading(engine) as session:
        assert suppression.suppressed(session) == {(suppression.fold("s@example.org"), ""): "refused"}
    assert told(engine) == {}


def test_a_copy_to_a_further_channel_does_not_decide(engine: Engine) -> None:
    letters = (Letter("mailto:s@example.org", "mailto", b"a"), Letter("file:out", "file", b"a"))
    put(engine, staged(letters=letters))
    mail, file = due(engine)
    begin(engine, file)
    step(engine, "refuse", file, NOW, "no")
    assert states(engine)[0] == ["under_way"]
    begin(engine, mail)
    step(engine, "sent", mail, NOW)
    assert states(engine) == (["delivered"], ["sent", "refused"])


def test_windows_made_while_the_clock_was_wrong_bar_nothing(engine: Engine) -> None:
    future = NOW + timedelta(days=365)
    put(engine, staged(slot="2027-11-23", at=future), now=future)
    (delivery,) = due(engine, future)
    begin(engine, delivery, future)
    step(engine, "sent", delivery, future)
    with storage.reading(engine) as session:
        standing = outbox.standings(session, NOW)["s"]
    assert standing.until is None
    assert "2026-11-23" not in standing.slots
    assert told(engine) == {"kz-rw-2026-11": "delivered"}


def test_holding_counts_no_attempt(engine: Engine) -> None:
    put(engine, staged())
    (delivery,) = due(engine)
    with storage.transaction(engine) as session:
        sending.hold(session, [delivery], NOW, NOW + timedelta(hours=1), "no server")
    assert due(engine, NOW + timedelta(minutes=59)) == []
    assert due(engine, NOW + timedelta(minutes=60)) == [delivery]


@pytest.mark.parametrize(
    ("written", "asked", "same"),
    [
        ("mailto:Ann@Example.org", "ann@example.ORG", True),
        ("ann@example.org", "mailto:ann@example.org", True),
        ("mailto:ann@example.org", "mailto:bob@example.org", False),
    ],
)
def test_suppression_is_by_mailbox(engine: Engine, written: str, asked: str, same: bool) -> None:
    with storage.transaction(engine) as session:
        assert suppression.suppress(session, written, NOW)
        assert not suppression.suppress(session, written, NOW)
        assert ((suppression.fold(asked), "") in suppression.suppressed(session)) is same
        assert suppression.unsuppress(session, asked) == same


def test_unsubscribing_from_one_list_leaves_the_others(engine: Engine) -> None:
    with storage.transaction(engine) as session:
        suppression.suppress(session, "ann@example.org", NOW, "s")
        assert list(suppression.suppressed(session)) == [(suppression.fold("ann@example.org"), "s")]
        assert suppression.unsuppress(session, "ann@example.org", "t") == 0
        assert suppression.unsuppress(session, "ann@example.org", "s") == 1


def test_forgetting_an_address_leaves_no_byte_of_it(engine: Engine) -> None:
    put(engine, staged(), staged(name="t"))
    with storage.transaction(engine) as session:
        suppression.suppress(session, "s@example.org", NOW)
        assert suppression.forget_address(session, "S@example.org") == 1
    with storage.reading(engine) as session:
        rows = session.exec(select(DeliveryRow.address)).all()
        assert list(rows) == ["mailto:t@example.org"]
        assert len(session.exec(select(ToldRow)).all()) == 1
        assert len(suppression.suppressed(session)) == 1, "so that it gets no mail again"


def test_forgetting_a_further_address_leaves_the_digest_of_the_first(engine: Engine) -> None:
    letters = [Letter(f"mailto:{name}@example.org", "mailto", b"body") for name in ("s", "t")]
    put(engine, staged(letters=tuple(letters)))
    with storage.transaction(engine) as session:
        assert suppression.forget_address(session, "t@example.org") == 1
    with storage.reading(engine) as session:
        assert list(session.exec(select(DeliveryRow.address)).all()) == ["mailto:s@example.org"]
    assert told(engine) == {"kz-rw-2026-11": "under_way"}


def test_two_at_once_stage_one(engine: Engine) -> None:
    """Both look, both find the slot free; the second waits for the first and then finds it taken."""
    with storage.transaction(engine) as session:
        outbox.stage(session, staged(), NOW)
    with Session(engine) as early:
        early.exec(select(DigestRow)).all()
        assert put(engine, staged()) == [None]
