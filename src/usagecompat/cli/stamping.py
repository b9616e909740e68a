"""
What the results of `run` and `matrix` say that they are of.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import evolve

from usagecompat.cli.moments import moment
from usagecompat.clients import About, CorpusAbout, Way, digest_of_all, this_platform
from usagecompat.corpus import Case, packaged, read_manifest, size_and_version, version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from usagecompat.clients import ClientResult, ClientSpec
    from usagecompat.corpus import Payload
    from usagecompat.corpus import Sequence as PageSequence


def about_cases(  # noqa: PLR0913 - one for each option
    result: ClientResult,
    spec: ClientSpec,
    chosen: Sequence[Case | Payload],
    *,
    place: Path,
    listed: Sequence[Case | Payload],
    set_: str,
    expression: str | None,
    probes: str,
    jobs: int,
    made: str = "",
) -> ClientResult:
    """The result of cases that says what it is of, as of `made` or of now; `listed` is the set, of which `chosen` was put to the client."""
    digests = {one.id: sha256(one.payload).hexdigest() for one in listed}
    entries = read_manifest(place) if place.is_dir() and any(isinstance(one, Case) for one in listed) else {}
    whole = {name: entry.sha256 for name, entry in entries.items()} | digests
    options = {"set": set_, "k": expression, "probes": probes, "jobs": jobs}
    return _stamped(
        result,
        spec,
        digests=digests,
        whole=whole,
        options=options,
        chosen={one.id for one in chosen},
        is_own=place == packaged(),
        made=made,
    )


def about_sequences(  # noqa: PLR0913 - one for each option
    result: ClientResult,
    spec: ClientSpec,
    chosen: Iterable[PageSequence],
    *,
    listed: Iterable[PageSequence],
    corpus: Path | None,
    expression: str | None,
    jobs: int,
) -> ClientResult:
    """The result of sequences that says what it is of; the digest of a sequence is that of its file and its bodies."""
    digests = {one.id: _digest_of(one) for one in listed}
    options = {"paging": True, "k": expression, "jobs": jobs}
    return _stamped(
        result,
        spec,
        digests=digests,
        whole=digests,
        options=options,
        chosen={one.id for one in chosen},
        is_own=corpus is None,
    )


def _stamped(  # noqa: PLR0913 - one for each part
    result: ClientResult,
    spec: ClientSpec,
    *,
    digests: Mapping[str, str],
    whole: Mapping[str, str],
    options: Mapping[str, object],
    chosen: set[str],
    is_own: bool,
    made: str = "",
) -> ClientResult:
    digest = digest_of_all(whole)
    of_each = (
        {"validates": spec.validates, "refused": sorted(spec.refused)}
        if spec.way not in {Way.STDIO, Way.SOCKET}
        else {}
    )
    about = About(
        usagecompat=version(),
        made=made or moment(),
        platform=this_platform(),
        corpus=CorpusAbout(
            version=size_and_version()[0] if is_own or digest == _own() else None,
            digest=digest,
            cases=len(chosen),
            of=len(whole),
        ),
        options={
            "require": result.required.name,
            "revision": result.revision,
            "way": result.way,
            **options,
            "timeout": spec.timeout,
            **of_each,
        },
    )
    cases = tuple(evolve(case, sha256=digests.get(case.case_id, "")) for case in result.cases)
    return evolve(result, about=about, cases=cases)


def _own() -> str:
    """The digest of the kit's own corpus."""
    return digest_of_all({name: entry.sha256 for name, entry in read_manifest(packaged()).items()})


def _digest_of(sequence: PageSequence) -> str:
    digest = sha256(sequence.path.read_bytes())
    for exchange in sequence.exchanges:
        digest.update(exchange.body)
    return digest.hexdigest()
