"""Digests out of a real store: told once, due by rhythm, nothing lost when delivery fails."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from mail_sink import Sink, Talk, hangs_up, says, sink_server, times
from mail_store import Telling, ingest, payload
from sqlalchemy import Engine
from sqlmodel import select

import storage
from alerts.deliver import Way
from alerts.delivery import Outcome, deliver_due
from alerts.desk import Desk, MailServer
from alerts.digests import Made, compose_due
from alerts.subscription import Subscription
from classify.model import Stage
from storage import correct, suppression
from storage.outbox_tables import DeliveryRow, DigestRow

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DESK = Desk(sender="digest@x.example", reply_to="desk@x.example", operator="Us, Geneva")
KZ_RW = Telling(("KZ", "RW"))
CL_JP = Telling(("CL", "JP"), outlet="El Andino", lang="es")
ANN = Subscription(name="ann", address="mailto:ann@example.org")


def files(folder: Path, **values: object) -> Subscription:
    return Subscription(**{"name": "everything", "address": f"file:{folder}", **values})


def make(engine: Engine, *subscriptions: Subscription, now: datetime = NOW, due: bool = False, **v: object) -> Made:
    return compose_due(engine, subscriptions, now, desk=DESK, environ={}, due_only=due, **v)  # type: ignore[arg-type]


def deliver(engine: Engine, *subs: Subscription, now: datetime = NOW, sink: Sink | None = None, **v: object) -> Outcome:
    server = MailServer("127.0.0.1", sink.port, "none", connect_timeout=1, answer_timeout=1) if sink else None
    environ: Mapping[str, str] = {}
    return deliver_due(engine, subs, now, way=Way("digest@x.example", server, **v), environ=environ)  # type: ignore[arg-type]


def subjects(made: Made) -> list[tuple[str, str]]:
    return [(one.subscription, one.subject) for one in made.digests]


def texts(folder: Path) -> list[str]:
    return [file.read_text() for file in sorted(folder.glob("*.txt"))]


def test_by_hand_what_is_new_goes_once_into_the_outbox(engine: Engine, tmp_path: Path) -> None:
    everything = files(tmp_path / "out")
    ingest(engine, [KZ_RW, CL_JP], NOW - HOUR)
    made = make(engine, everything)
    assert subjects(made) == [("everything", "2 agreements: Chile–Japan mining, Kazakhstan–Rwanda mining")]
    assert deliver(engine, everything).counts == {"sent": 1}
    assert sorted(f.suffix for f in (tmp_path / "out").iterdir()) == [".eml", ".html", ".txt"]
    for minutes in (0, 1, 600):
        assert make(engine, everything, now=NOW + timedelta(minutes=minutes)) == Made()
    assert deliver(engine, everything).counts == {}


def test_more_reports_of_the_same_are_not_told(engine: Engine, tmp_path: Path) -> None:
    everything = files(tmp_path / "out")
    ingest(engine, [KZ_RW], NOW - HOUR)
    make(engine, everything)
    deliver(engine, everything)
    ingest(engine, [Telling(("KZ", "RW"), outlet=f"Paper {n}") for n in range(5)], NOW + HOUR)
    assert make(engine, everything, now=NOW + 2 * HOUR).digests == ()


def test_a_stage_that_moves_is_told_with_the_stage_before(engine: Engine, tmp_path: Path) -> None:
    everything = files(tmp_path / "out")
    ingest(engine, [KZ_RW], NOW - HOUR)
    make(engine, everything)
    deliver(engine, everything)
    later = NOW + 30 * DAY
    ratified = Telling(
        ("KZ", "RW"), stage=Stage.IN_FORCE, on=later.date(), sentence="Kazakhstan ratified the lithium memorandum."
    )
    ingest(engine, [ratified], later)
    (digest,) = make(engine, everything, now=later + HOUR).digests
    assert digest.agreements == 1
    deliver(engine, everything, now=later + HOUR)
    text = texts(tmp_path / "out")[-1]
    assert "CHANGED STAGE (1)" in text
    assert "was ● signed 19 Nov 2026" in " ".join(text.split())


def test_due_serves_each_local_date_once_and_remembers_silence(engine: Engine, tmp_path: Path) -> None:
    daily = files(tmp_path / "out", hour=6, timezone="Asia/Almaty")
    at_six = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert make(engine, daily, now=at_six, due=True) == Made()
    ingest(engine, [KZ_RW], at_six + HOUR)
    assert make(engine, daily, now=at_six + 2 * HOUR, due=True) == Made(), "its hour has passed"
    for minutes, count in ((-1, 0), (0, 1), (5, 0), (10, 0)):
        made = make(engine, daily, now=at_six + DAY + timedelta(minutes=minutes), due=True)
        assert len(made.digests) == count
        deliver(engine, daily, now=at_six + DAY)


def test_two_schedules_at_once_make_one_digest(engine: Engine, tmp_path: Path) -> None:
    daily = files(tmp_path / "out", hour=6)
    ingest(engine, [KZ_RW], NOW - HOUR)
    assert [len(make(engine, daily, due=True).digests) for _ in range(3)] == [1, 0, 0]


def test_three_days_off_are_caught_up_by_one_digest_that_says_so(engine: Engine, tmp_path: Path) -> None:
    daily = files(tmp_path / "out", hour=6)
    for back, telling in ((5, KZ_RW), (2, CL_JP)):
        ingest(engine, [telling], NOW - back * DAY)
        if back == 5:
            make(engine, daily, now=NOW - 4 * DAY, due=True)
            deliver(engine, daily, now=NOW - 4 * DAY)
    assert len(make(engine, daily, due=True).digests) == 1
    deliver(engine, daily)
    assert "This issue also covers 3 issues that could not be made" in " ".join(texts(tmp_path / "out")[-1].split())


def test_a_weekly_digest_tells_that_nothing_is_new_unless_asked_not_to(engine: Engine, tmp_path: Path) -> None:
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    loud = files(tmp_path / "loud", name="loud", rhythm="weekly")
    still = files(tmp_path / "still", name="still", rhythm="weekly", when_empty="skip")
    assert make(engine, loud, still, now=monday - DAY, due=True).digests == (), "its first Monday is to come"
    made = make(engine, loud, still, now=monday, due=True)
    assert subjects(made) == [("loud", "Nothing new in loud, 0 of 0 feeds read")]
    assert make(engine, loud, still, now=monday + HOUR, due=True).digests == ()
    assert make(engine, loud, now=monday + 2 * HOUR).digests == (), "by hand only news is sent"


def test_a_weekly_run_by_hand_says_that_nothing_is_new_once_a_week(engine: Engine, tmp_path: Path) -> None:
    """All that an operator may have is `pactwatch run` by cron: silence would leave a weekly reader in doubt."""
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    loud = files(tmp_path / "loud", name="loud", rhythm="weekly")
    daily = files(tmp_path / "daily", name="daily", rhythm="daily")
    assert make(engine, loud, daily, now=monday - 3 * DAY).digests == ()
    for week in range(3):
        at = monday + 7 * week * DAY
        assert subjects(make(engine, loud, daily, now=at)) == [("loud", "Nothing new in loud, 0 of 0 feeds read")]
        deliver(engine, loud, now=at)
        assert make(engine, loud, daily, now=at + HOUR).digests == (), "once for each date of its rhythm"


def test_a_refused_digest_comes_with_the_next_one(engine: Engine) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)
    with sink_server(Sink(faults={"rcpt": times(1, says("550 5.1.1 no"))})) as sink:
        make(engine, ANN)
        assert deliver(engine, ANN, sink=sink).counts == {"refused": 1}
        ingest(engine, [CL_JP], NOW)
        made = make(engine, ANN, now=NOW + HOUR)
        assert made.digests[0].agreements == 2
        deliver(engine, ANN, now=NOW + HOUR, sink=sink)
    assert len(sink.accepted) == 1


def test_an_uncertain_digest_comes_again_and_says_so(engine: Engine) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)
    with sink_server(Sink(faults={"body": times(2, hangs_up)})) as sink:
        make(engine, ANN)
        deliver(engine, ANN, sink=sink)
        assert make(engine, ANN, now=NOW + timedelta(minutes=1)).waiting == ("ann",)
        outcome = deliver(engine, ANN, now=NOW + HOUR, sink=sink)
        assert [t.state for t in outcome.troubles] == ["uncertain"]
        make(engine, ANN, now=NOW + 2 * HOUR)
        assert deliver(engine, ANN, now=NOW + 2 * HOUR, sink=sink).sent == 1
    mail = message_from_bytes(sink.bodies[0], policy=policy.default)
    text = " ".join(mail.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert "1 item may have reached you before" in text
    assert "uncertain whether our earlier mail on this arrived" in text


def test_a_digest_under_way_bars_the_next_which_begins_at_its_end(engine: Engine) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)
    with sink_server(Sink(faults={"rcpt": times(1, says("450 later"))})) as sink:
        make(engine, ANN)
        deliver(engine, ANN, sink=sink)
        ingest(engine, [CL_JP], NOW + HOUR)
        assert make(engine, ANN, now=NOW + HOUR).waiting == ("ann",)
        deliver(engine, ANN, now=NOW + HOUR, sink=sink)
        made = make(engine, ANN, now=NOW + 2 * HOUR)
        assert made.digests[0].agreements == 1
        deliver(engine, ANN, now=NOW + 2 * HOUR, sink=sink)
    assert len(sink.accepted) == len({message_id for _, message_id in sink.accepted}) == 2
    with storage.reading(engine) as session:
        first, second = session.exec(
            select(DigestRow).where(DigestRow.state == "delivered").order_by(DigestRow.id)
        ).all()
    assert second.since == first.until


def test_what_is_stored_while_a_digest_is_composed_is_in_the_next(engine: Engine, tmp_path: Path) -> None:
    """An ingest that began before the digest and ended after it carries an earlier time."""
    everything = files(tmp_path / "out")
    ingest(engine, [KZ_RW], NOW - HOUR)
    make(engine, everything)
    deliver(engine, everything)
    ingest(engine, [CL_JP], NOW - timedelta(minutes=1))
    assert make(engine, everything, now=NOW + HOUR).digests[0].agreements == 1


def test_one_subscription_that_fails_does_not_stop_the_others(engine: Engine, tmp_path: Path) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)
    broken = Subscription(name="broken", address="env:NOT_SET")
    made = make(engine, broken, files(tmp_path / "out"))
    assert [one.subscription for one in made.digests] == ["everything"]
    assert made.failed[0].subscription == "broken"
    assert made.failed[0].why == "no address: the environment variable NOT_SET is not set"


def test_paused_and_suppressed_get_nothing(engine: Engine, tmp_path: Path) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)
    with storage.transaction(engine) as session:
        suppression.suppress(session, "Ann@example.org", NOW)
    assert make(engine, ANN, files(tmp_path / "out", paused=True)).digests == ()


def test_backfill_mails_no_one(engine: Engine, tmp_path: Path) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR, tell=False)
    assert make(engine, files(tmp_path / "out")).digests == ()


def test_an_alert_waits_for_the_second_owner_and_goes_once(engine: Engine, tmp_path: Path) -> None:
    alerts = files(tmp_path / "out", name="alerts", rhythm="instant")
    make(engine, alerts, due=True, now=NOW)
    ingest(engine, [KZ_RW], NOW + HOUR)
    assert make(engine, alerts, due=True, now=NOW + HOUR).digests == ()
    ingest(engine, [Telling(("KZ", "RW"), outlet="Other Paper")], NOW + 100 * HOUR)
    assert len(make(engine, alerts, due=True, now=NOW + 100 * HOUR).digests) == 1
    deliver(engine, alerts, now=NOW + 100 * HOUR)
    ingest(engine, [Telling(("KZ", "RW"), outlet="Third Paper")], NOW + 101 * HOUR)
    assert make(engine, alerts, due=True, now=NOW + 101 * HOUR).digests == ()


def test_quiet_hours_delay_an_alert(engine: Engine, tmp_path: Path) -> None:
    alerts = files(tmp_path / "out", name="alerts", rhythm="instant", quiet="12-14", voices=1)
    ingest(engine, [KZ_RW], NOW)
    assert make(engine, alerts, due=True, now=NOW).digests == ()
    assert len(make(engine, alerts, due=True, now=NOW + 2 * HOUR).digests) == 1


def test_copies_go_to_further_channels_signed_for_webhooks(engine: Engine, tmp_path: Path) -> None:
    both = files(tmp_path / "out", channels=["https://hook.example/in"])
    ingest(engine, [KZ_RW], NOW - HOUR)
    posted: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        posted.append((url, body, headers))
        return 503 if len(posted) == 1 else 204

    make(engine, both)
    counts = deliver(engine, both, post=post, secrets={"everything": "key"}, stamp=1_795_000_000).counts
    assert counts == {"sent": 1, "deferred": 1}
    assert deliver(engine, both, now=NOW + HOUR, post=post).counts == {"sent": 1}
    (url, body, headers), (_, again, _) = posted
    assert (url, body) == ("https://hook.example/in", again)
    assert headers["Pactwatch-Signature"].startswith("t=1795000000,v1=")
    assert payload(body)["subject"] == "1 agreement: Kazakhstan–Rwanda mining"


def test_the_stored_bytes_are_a_mail_with_the_headers_of_a_list(engine: Engine) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)
    make(engine, ANN)
    with storage.reading(engine) as session:
        body = session.exec(select(DeliveryRow.body)).one()
    mail = message_from_bytes(body, policy=policy.default)
    assert mail["To"] == "ann@example.org"
    assert mail["List-Unsubscribe"] == "<mailto:desk@x.example?subject=unsubscribe%20ann>"
    assert "List-Unsubscribe-Post" not in mail


def test_greylisting_costs_half_an_hour(engine: Engine) -> None:
    ingest(engine, [KZ_RW], NOW - HOUR)

    def greylist(talk: Talk) -> str | None:
        return "450 4.7.1 greylisted" if talk.sink.connections == 1 else None

    with sink_server(Sink(faults={"rcpt": greylist})) as sink:
        make(engine, ANN)
        for minutes in (0, 29, 30):
            deliver(engine, ANN, now=NOW + timedelta(minutes=minutes), sink=sink)
    assert sink.connections == 2
    assert len(sink.accepted) == 1


def test_a_withdrawal_reaches_exactly_those_who_were_told(engine: Engine, tmp_path: Path) -> None:
    daily = files(tmp_path / "daily", name="daily")
    alerts = Subscription(name="alerts", address="mailto:ann@example.org", rhythm="instant", voices=1)
    late = files(tmp_path / "late", name="late")
    ingest(engine, [KZ_RW], NOW - HOUR)
    with sink_server(Sink()) as sink:
        make(engine, daily, alerts)
        deliver(engine, daily, alerts, sink=sink)
        with storage.transaction(engine) as session:
            correct.reject(session, "kz-rw-2026-11", "the outlet took it back", by="ann", now=NOW + HOUR)
        made = make(engine, daily, alerts, late, now=NOW + 2 * HOUR)
        deliver(engine, daily, alerts, late, now=NOW + 2 * HOUR, sink=sink)
        again = make(engine, daily, alerts, late, now=NOW + 3 * HOUR)
    assert [(one.subscription, one.kind, one.corrections) for one in made.digests] == [
        ("daily", "digest", 1),
        ("alerts", "correction", 1),
    ]
    assert again.digests == ()
    alert, fix = (message_from_bytes(body, policy=policy.default) for body in sink.bodies)
    assert fix["In-Reply-To"] == fix["References"] == alert["Message-ID"]
    assert fix["Subject"] == "1 correction: Kazakhstan–Rwanda mining, withdrawn"
    text = " ".join(texts(tmp_path / "daily")[-1].split())
    assert "1 earlier report is withdrawn (KZ–RW)" in text
    assert "withdrawn: the outlet took it back. Please disregard it." in text


BO_CL = replace(KZ_RW, pair=("BO", "CL"), subject="visas")


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (Stage.ENDED, "stage corrected: ended, not signed (misread)."),
        (Stage.PLANNED, "stage corrected: planned, not signed (misread)."),
        (Stage.NONE, "withdrawn: none of its reports is read as telling of it any more. Please disregard it."),
    ],
)
def test_a_stage_that_a_person_corrects_is_told_once_to_who_was_told(
    engine: Engine, tmp_path: Path, stage: Stage, says: str
) -> None:
    signed = files(tmp_path / "signed", name="signed", stages=[Stage.SIGNED])
    alerts = Subscription(name="alerts", address=f"file:{tmp_path / 'alerts'}", rhythm="instant", voices=1)
    late = files(tmp_path / "late", name="late")
    ingest(engine, [BO_CL], NOW - HOUR)
    made = make(engine, signed, alerts)
    assert len(made.digests) == 2
    deliver(engine, signed, alerts)
    with storage.transaction(engine) as session:
        correct.relabel(session, "bo-cl-2026-11", stage=stage, note="misread", by="", now=NOW + HOUR)
    made = make(engine, signed, alerts, late, now=NOW + 2 * HOUR)
    assert [(one.subscription, one.corrections) for one in made.digests] == [("signed", 1), ("alerts", 1)]
    deliver(engine, signed, alerts, late, now=NOW + 2 * HOUR)
    assert make(engine, signed, alerts, late, now=NOW + 3 * HOUR).digests == ()
    assert says in " ".join(texts(tmp_path / "signed")[-1].split())


def test_two_that_a_person_finds_to_be_one_are_told_so_once(engine: Engine, tmp_path: Path) -> None:
    daily = files(tmp_path / "daily", name="daily")
    ingest(engine, [KZ_RW, replace(KZ_RW, on=date(2026, 9, 1), subject="cattle", sectors=("agriculture",))], NOW - HOUR)
    assert [one.agreements for one in make(engine, daily).digests] == [2]
    deliver(engine, daily)
    with storage.transaction(engine) as session:
        correct.merge(session, ["kz-rw-2026-11", "kz-rw-2026-09"], note="one paper", by="", now=NOW + HOUR)
    made = make(engine, daily, now=NOW + 2 * HOUR)
    assert [one.corrections for one in made.digests] == [1]
    deliver(engine, daily, now=NOW + 2 * HOUR)
    assert "told of: count it once (one paper)." in " ".join(texts(tmp_path / "daily")[-1].split())
    assert make(engine, daily, now=NOW + 3 * HOUR).digests == ()


def test_the_correction_of_the_parties_says_what_the_alert_had_said(engine: Engine, tmp_path: Path) -> None:
    alerts = Subscription(name="alerts", address=f"file:{tmp_path / 'alerts'}", rhythm="instant", voices=1)
    ingest(engine, [KZ_RW], NOW - HOUR)
    make(engine, alerts)
    deliver(engine, alerts)
    with storage.transaction(engine) as session:
        correct.relabel(session, "kz-rw-2026-11", pair=("KG", "RW"), note="Bishkek", by="", now=NOW + HOUR)
    make(engine, alerts, now=NOW + 2 * HOUR)
    deliver(engine, alerts, now=NOW + 2 * HOUR)
    text = " ".join(texts(tmp_path / "alerts")[-1].split())
    assert "told of Kazakhstan and Rwanda, signed 19 Nov 2026." in text
    assert "The parties are corrected: Kyrgyzstan and Rwanda, not Kazakhstan and Rwanda (Bishkek)." in text


def test_an_announcement_without_a_day_is_named_once_beside_other_news(engine: Engine, tmp_path: Path) -> None:
    daily = files(tmp_path / "daily", name="daily")
    undated = replace(BO_CL, stage=Stage.PLANNED, on=None)
    ingest(engine, [KZ_RW, undated], NOW - HOUR)
    make(engine, daily)
    deliver(engine, daily)
    first = " ".join(texts(tmp_path / "daily")[-1].split())
    assert "COMING SIGNINGS" in first
    assert "Announced without a day: BO–CL." in first
    ingest(engine, [CL_JP], NOW + DAY - HOUR)
    make(engine, daily, now=NOW + DAY)
    deliver(engine, daily, now=NOW + DAY)
    assert "BO–CL" not in texts(tmp_path / "daily")[-1]
