"""Settings: where they come from, and that each fault is named by file and key."""

import tomllib
from pathlib import Path

import pytest

from flows import loading, settings, template
from flows.exits import Exit, Stop

ONE = "[[subscription]]\nname='a'\naddress='file:x'\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any settings, in an empty working folder."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("PACTWATCH_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(home: Path, text: str) -> Path:
    path = home / "pactwatch.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_need_no_file(home: Path) -> None:
    located = loading.load()
    assert located.file is None
    assert [s.name for s in located.settings.subscriptions] == ["everything"]
    assert located.settings.database_url.endswith("pactwatch.db")


def test_environment_wins_over_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home, 'data = "here"\n[fetch]\nconnections = 5\npause = 2.5\n')
    monkeypatch.setenv("PACTWATCH_FETCH__CONNECTIONS", "7")
    found = loading.load().settings
    assert (found.data, found.fetch.connections, found.fetch.pause) == (Path("here"), 7, 2.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dta = 1", "dta: unknown key, did you mean 'data'?"),
        ("[fetch]\nconections = 5", "fetch.conections: unknown key, did you mean 'connections'?"),
        ("[fetch]\nconnections = 0", "fetch.connections: must be 1 or more"),
        ("[fetch]\nconnections = 'many'", "fetch.connections: a whole number is wanted"),
        ("[fetch]\nallow = ['10.0.0.0/99']", "fetch.allow: '10.0.0.0/99' is no host name, address or network"),
        ("[fetch]\nallow = ['bla bla']", "fetch.allow: 'bla bla' is no host name"),
        ("[fetch]\nallow = ['10.0.0']", "fetch.allow: '10.0.0' is no host name"),
        ("[watch]\nlist = 'mine'", "watch.list: 'both', 'builtin' or 'own' is wanted"),
        ("[schedule]\ntimezone = 'Asia/Almati'", "near: Asia/Almaty"),
        ("[schedule]\ningest = 'hourly'", "schedule.ingest: 'hourly' is not a cron line of five fields"),
        ("[schedule]\ningest = '61 * * * *'", "schedule.ingest: '61 * * * *' is not a cron line of five fields"),
        ("[schedule]\ningest = '* * * * * *'", "is not a cron line of five fields"),
        ("[schedule]\ndigest = '0 0 30 2 *'", "schedule.digest: '0 0 30 2 *'"),
        ("[mail]\npassword = 'x'", "mail.password: belongs into PACTWATCH_MAIL__PASSWORD"),
        ("[mail]\nsender = 'nobody'", "mail.sender: 'nobody' is not a mail address"),
        ("[site]\nurl = 'ftp://x'", "site.url: 'ftp://x' is not an http or https address"),
        ("[unsubscribe]\nurl = 'http://x.example/u'", "is not an https address"),
        ("[mail]\nhost = 'mail.example'", "mail.sender is needed where mail.host is set"),
        ("[mail]\nhost = 'mail.example'\nsender='a@b.example'\nsecurity='none'", "for a server on this machine only"),
        ("data = [", "not well-formed TOML"),
        (
            f"{ONE}sectors=['minning']",
            "subscription 'a': sectors: no sector 'minning', near: mining",
        ),
        ("[subscription]\nname='a'", "subscription: write [[subscription]], in two brackets"),
        ("[[subscription]]\naddress='file:x'", "subscription number 1: name: is missing"),
        (f"{ONE}pairs=['KZRW']", "pairs: 'KZRW' is not two countries"),
        (f"{ONE}pairs='KZ-RW'", "pairs: a list is wanted"),
        (f"{ONE}rythm='daily'", "rythm: unknown key, did you mean 'rhythm'?"),
    ],
)
def test_each_fault_is_named_by_file_and_key(home: Path, text: str, said: str) -> None:
    path = write(home, text)
    with pytest.raises(Stop) as stopped:
        loading.load(path)
    assert stopped.value.code == Exit.USAGE
    assert str(path) in str(stopped.value)
    assert said in str(stopped.value)


def test_all_faults_are_named_at_once(home: Path) -> None:
    path = write(home, "dta = 1\n[fetch]\nconnections = 0\nper_host = 99\n")
    with pytest.raises(Stop) as stopped:
        loading.load(path)
    assert len(str(stopped.value).splitlines()) == 3


def test_all_unknown_codes_of_a_list_are_named(home: Path) -> None:
    path = write(home, f"{ONE}countries=['KAZ', 'KZ', 'XX']\n")
    with pytest.raises(Stop) as stopped:
        loading.load(path)
    told = str(stopped.value).splitlines()
    assert [line.split(", near")[0].split(": ", 1)[1] for line in told] == [
        "subscription 'a': countries: no country 'KAZ'",
        "subscription 'a': countries: no country 'XX'",
    ]


def test_a_fault_in_the_environment_is_told_of_its_variable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(home, "[fetch]\npause = 1\n")
    monkeypatch.setenv("PACTWATCH_FETCH__PAUSE", "abc")
    with pytest.raises(Stop, match=r"^environment, PACTWATCH_FETCH__PAUSE: fetch\.pause: a number is wanted$"):
        loading.load(path)


@pytest.mark.parametrize(
    ("name", "meant"), [("PACTWATCH_WAITT", "PACTWATCH_WAIT"), ("PACTWATCH_FECTH__PAUSE", "PACTWATCH_FETCH")]
)
def test_a_misspelt_variable_is_told(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(Stop, match=f"^environment, {name}: unknown key, did you mean '{meant}'"):
        loading.load()


def test_variables_that_a_container_platform_makes_are_let_be(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_SERVICE_HOST", "10.0.0.7")
    monkeypatch.setenv("PACTWATCH_PORT", "tcp://10.0.0.7:80")
    assert loading.load().settings == settings.Settings()


def test_two_subscriptions_of_one_name_are_refused(home: Path) -> None:
    with pytest.raises(Stop, match="two subscriptions are named 'a'"):
        loading.load(write(home, ONE + ONE))


def test_a_secret_address_comes_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = loading.load(write(home, 'database = "env:PACTS"')).settings
    with pytest.raises(Stop, match="PACTS is not set"):
        _ = found.database_url
    monkeypatch.setenv("PACTS", "postgresql://db.example/pacts")
    assert found.database_url == "postgresql://db.example/pacts"


def test_the_written_file_holds_every_key_at_its_default(home: Path) -> None:
    """What `init` writes is valid as it stands, and uncommented it changes nothing."""
    text = template.settings_file()
    assert loading.load(write(home, text)).settings == settings.Settings()
    lines = [line.removeprefix("# ") for line in text.splitlines() if not line.startswith("##")]
    head, _, subscription = "\n".join(lines[len(template.HEAD.splitlines()) :]).partition("[[subscription]]")
    given = tomllib.loads(head)
    for name, field in settings.Settings.model_fields.items():
        assert name in given or name == "subscription"
        if isinstance(given.get(name), dict):
            section = field.annotation
            assert set(given[name]) == set(section.model_fields) - template.SECRET  # type: ignore[union-attr]
    assert settings.Settings(**given).fetch == settings.Fetch()
    assert "name = " in subscription
    assert "rhythm = " in subscription


def test_a_secret_has_no_place_in_the_written_file() -> None:
    assert "password =" not in template.settings_file()


def test_the_settings_page_shows_what_init_writes() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == template.settings_page()
