"""The mutants: faulty clients, each with one fault, which the corpus must catch."""

from __future__ import annotations

from functools import cache

import pytest

from usagecompat.contract.revisions import DEVIATIONS, LATEST, REVISIONS, Deviation
from usagecompat.contract.tree import JsonType, contract
from usagecompat.corpus.selection import cases
from usagecompat.findings import CODES, Profile, Severity
from usagecompat.jsontext.reader import read
from usagecompat.mutants import controls
from usagecompat.mutants.catalogue import all_mutants, by_name, families
from usagecompat.mutants.families import reported
from usagecompat.mutants.families.members import places
from usagecompat.mutants.families.texts import FREEDOMS
from usagecompat.mutants.model import MAY_REFUSE, Mutant, PayloadView, Refusal, lossy, told_faults
from usagecompat.mutants.support import exact
from usagecompat.mutants.support.lax import Lax, NoJson

EMBEDDINGS = b'{"object":"organization.usage.embeddings.result","input_tokens":9007199254740993,"num_model_requests":4}'
COST = b'{"object":"organization.costs.result","amount":{"value":"12.50","currency":"usd"},"line_item":null,"x":1e-7}'


@cache
def views(chosen: str = "full") -> tuple[PayloadView, ...]:
    """Every case of a set of the corpus, as a client of its revision sees it."""
    return tuple(PayloadView(case.payload, case.revision) for case in cases(chosen))


def named(name: str) -> Mutant:
    """The mutant of this name."""
    return by_name()[name]


def test_names_are_unique() -> None:
    """No two mutants have one name, so that a name says which is meant for ever."""
    everything = [*all_mutants(), *controls.faithful(), *controls.hopeless()]
    assert len(by_name()) == len(everything)
    assert all(mutant.name.count("/") == 1 and mutant.fault.endswith((".", "?")) for mutant in everything)


def test_every_fault_that_is_told_is_that_of_a_mutant() -> None:
    """`faults.toml` tells of no mutant that there is not, and of each that follows no pattern."""
    told = told_faults()
    assert not told.keys() - by_name().keys()
    assert all(named(name).fault == told[name]["fault"] for name in told)


def test_there_are_hundreds() -> None:
    """The mutants are several hundred, in dozens of families."""
    assert len(all_mutants()) > 900
    assert len(families()) > 40


def test_every_mutant_changes_something() -> None:
    """A mutant answers at least one payload of the corpus otherwise than the faithful client does, or has a proof."""
    silent = {mutant.name for mutant in all_mutants() if not mutant.equivalent and mutant.after is None}
    core = sorted(views("core"), key=lambda view: len(view.payload))  # a few small cases show most faults
    for view in (*core, *views()):
        if not silent:
            break
        silent -= {name for name in silent if named(name).play(view) != view.faithful}
    assert not silent, "no case in fixtures/ shows these; `usagecompat fixtures mutants` says what each does"


def test_mutants_are_pure() -> None:
    """The same payload is answered alike every time, whatever was answered in between."""
    sample = views()[:: len(views()) // 12]
    for mutant in all_mutants()[::7]:
        first = [mutant.play(view) for view in sample]
        again = [mutant(view.payload, view.revision) for view in reversed(sample)]
        assert first == again[::-1], mutant.name


def test_a_faithful_client_gives_back_what_it_decodes() -> None:
    """What is valid comes back with every spelling, and what is invalid is refused."""
    for view in views():
        answer = view.faithful
        if view.errors:
            assert isinstance(answer, Refusal)
        else:
            assert isinstance(answer, bytes)
            assert read(answer).value == view.tree


def test_each_member_has_its_mutants() -> None:
    """Each member of each record at each revision is dropped by one mutant, and more by what the contract says of it."""
    names = by_name().keys()
    declared = {
        (shape.name, name)
        for revision in REVISIONS
        for shape in contract(revision).records.values()
        for name in shape.members
    }
    assert {(place.record.name, place.member.name) for place in places()} == declared
    for place in places():
        assert f"dropped/{place.slug}" in names
        optional = place.known_where(required=False)
        for family in ("required", "absent-to-null", "absent-to-default"):
            assert (f"{family}/{place.slug}" in names) is (optional is not None)
        for family in ("null-refused", "null-dropped", "null-to-default"):
            assert (f"{family}/{place.slug}" in names) is place.member.nullable
        assert (f"through-double/{place.slug}" in names) is (place.member.type is JsonType.INTEGER)


def test_each_kind_has_its_mutants() -> None:
    """Each kind is dropped, refused, emptied and closed by a mutant, and looked past by a validating one."""
    slugs = {
        place.slug.rpartition("-object")[0] for place in places() if place.is_result and place.member.name == "object"
    }
    assert len(slugs) == len(contract(LATEST).kinds)
    for slug in slugs:
        ends = ("dropped", "refused", "emptied", "null", "closed", "refuses-undeclared", "others-dropped")
        assert {f"kind/{slug}-{end}" for end in ends} | {f"unchecked/{slug}", f"nullable/{slug}"} <= by_name().keys()


def test_each_error_of_the_catalogue_is_overlooked() -> None:
    """For each error that can be seen in a document there is a mutant that does not see it."""
    readable = {"json/duplicate-member", "json/lone-surrogate", "json/non-finite-number", "json/limit-digits"}
    for code, about in CODES.items():
        stage = code.partition("/")[0]
        if about.severity(Profile.SERVED) is Severity.ERROR and (stage in ("schema", "record") or code in readable):
            assert named(f"accepts/every-{code.replace('/', '-')}").validates


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda deviation: deviation.code)
def test_each_deviation_is_refused(deviation: Deviation) -> None:
    """For each deviation, and just at its revisions, there is a mutant that refuses it."""
    name = f"refuses/{deviation.code.replace('/', '-')}"
    assert name in by_name(), "mutants/families/verdicts.py has none that refuses it"
    assert (named(name).since, named(name).until) == (deviation.since, deviation.until)


@pytest.mark.parametrize("mutant", tuple(reported.mutants()), ids=str)
def test_known_faults_name_who_had_them(mutant: Mutant) -> None:
    """Each of the known faults says who had it."""
    assert mutant.family == reported.FAMILY
    assert mutant.who


def test_each_known_fault_has_a_mutant() -> None:
    """No known fault is lost: each that `faults.toml` has is one of the family, in the same order."""
    family = [one.name for one in reported.mutants()]
    assert family == [name for name in told_faults() if name.startswith(f"{reported.FAMILY}/")]
    assert len(family) >= 52


def test_a_mutant_without_words_is_told() -> None:
    """A mutant whose fault no pattern and no table says names the table that lacks it."""
    with pytest.raises(LookupError, match=r"numbers/nameless: write its fault into mutants/faults\.toml"):
        lossy("numbers/nameless", lambda tree, _: tree)


@pytest.mark.parametrize(
    ("name", "payload", "answer"),
    [
        ("through-double/embeddings-input-tokens", EMBEDDINGS, EMBEDDINGS.replace(b"993", b"992")),
        ("dropped/embeddings-num-model-requests", EMBEDDINGS, EMBEDDINGS.replace(b',"num_model_requests":4', b"")),
        ("amount/text-to-float", COST, COST.replace(b'"12.50"', b"12.5")),
        ("amount/text-concatenated", COST, COST.replace(b'"12.50"', b'"012.50"')),
        ("amount/text-cents", COST, COST.replace(b'"12.50"', b'"0.1250"')),
        ("amount/currency-upper", COST, COST.replace(b"usd", b"USD")),
        ("null-dropped/costs-line-item", COST, COST.replace(b',"line_item":null', b"")),
        ("undeclared/any-dropped", COST, COST.replace(b',"x":1e-7', b"")),
        ("undeclared/number-exponent-cut", COST, COST.replace(b"1e-7", b"1")),
        ("tag/completions", EMBEDDINGS, EMBEDDINGS.replace(b"embeddings", b"completions")),
        ("order/members-reversed", b'{"object":"organization.usage.vector_stores.result","usage_bytes":5}',
         b'{"usage_bytes":5,"object":"organization.usage.vector_stores.result"}'),
    ],
)  # fmt: skip
def test_a_mutant_has_its_fault_and_no_other(name: str, payload: bytes, answer: bytes) -> None:
    """A mutant changes what its name says, and every other byte comes back."""
    assert named(name)(payload) == answer


def test_a_strict_mutant_refuses() -> None:
    """A mutant that cannot decode something says so, and decodes the rest."""
    assert isinstance(named("amount/text-refused")(COST), Refusal)
    assert named("amount/text-refused")(EMBEDDINGS) == EMBEDDINGS


def test_a_lenient_mutant_accepts_its_own_fault_alone() -> None:
    """A mutant that overlooks one thing still refuses everything else."""
    missing = EMBEDDINGS.replace(b',"num_model_requests":4', b"")
    mutant = named("not-required/embeddings-num-model-requests")
    assert mutant(missing) == missing
    assert isinstance(mutant(missing.replace(b"9007199254740993", b'"5"')), Refusal)


def test_state_is_left_behind() -> None:
    """The mutant with a memory answers a good page otherwise after a bad one, and like everybody else after a good one."""
    mutant = named("reported/state-left-behind")
    good, bad = PayloadView(EMBEDDINGS), PayloadView(b"{")
    assert mutant.after is not None
    assert mutant.after(good, good) == mutant.play(good) == EMBEDDINGS
    assert mutant.after(bad, good) != EMBEDDINGS


def test_equivalents_that_only_refuse_stay_within_what_they_may() -> None:
    """A mutant that is called equivalent because it only refuses what may be refused does nothing else."""
    excusable = ("wire/", "schema/unknown-kind")
    chosen = [mutant for mutant in all_mutants() if mutant.equivalent == MAY_REFUSE]
    assert chosen
    for mutant in chosen:
        differs = [view for view in views() if mutant.play(view) != view.faithful]
        assert differs, mutant.name
        for view in differs:
            assert isinstance(mutant.play(view), Refusal)
            warnings = [one.code for one in view.findings if one.severity is Severity.WARNING]
            assert any(not code.startswith(excusable) for code in warnings)


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_lax_readers_read_strict_json(freedom: str) -> None:
    """A reader with a freedom reads what is JSON like any other reader."""
    for view in views()[::20]:
        if not view.errors:
            text = view.payload.decode()
            assert Lax(text, freedom).document() == view.tree


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_thousands_in_arrays(freedom: str) -> None:
    """Numbers of three digits in an array are items, whatever stands before them."""
    text = '{"x":[7,100,101,-12,345]}'
    assert Lax(text, freedom).document() == read(text).value


@pytest.mark.parametrize("freedom", FREEDOMS)
def test_lax_readers_have_one_freedom(freedom: str) -> None:
    """A reader with a freedom still refuses what that freedom does not forgive."""
    broken = ('{"a":}', '{"a" 1}', '{"a":1', '{"a":tru}', "{a:1}", '{"a":"\\q"}', '{"a":1}}', "")
    refused = 0
    for text in broken:
        try:
            Lax(text, freedom).document()
        except NoJson:
            refused += 1
    assert refused >= len(broken) - 2


@pytest.mark.parametrize(
    ("lexeme", "script", "single"),
    [("12.50", "12.5", "12.5"), ("1e21", "1e+21", "1e+21"), ("1e-7", "1e-7", "1e-07"), ("5.0", "5", "5")],
)
def test_doubles_are_printed_as_languages_do(lexeme: str, script: str, single: str) -> None:
    """A number that went through binary64 or binary32 comes out as JavaScript and C print it."""
    number = read(lexeme).value
    assert isinstance(number, exact.Number)
    through, narrow = exact.through_binary64(number), exact.through_binary32(number)
    assert isinstance(through, exact.Number)
    assert isinstance(narrow, exact.Number)
    assert (through.lexeme, narrow.lexeme) == (script, single)
