"""
A pytest run under `--compat`: what is collected, and what came of it.

Further judges, such as a client under test, are put into `Kit.case_judges` before collection begins:
`config.pluginmanager.get_plugin(usagecompat.plugin.run.NAME).case_judges["client[name]"] = judge`.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from attrs import define, field

import usagecompat
from usagecompat.contract import LATEST
from usagecompat.corpus import (
    CASE_JUDGES,
    Case,
    CaseJudge,
    Derived,
    Entry,
    ExpectedFailure,
    Terms,
    derive,
    read_case,
    read_manifest,
    read_notes,
    release,
    version,
)
from usagecompat.corpus import SET as DERIVED
from usagecompat.findings import Verdict
from usagecompat.inputs import displayed
from usagecompat.plugin.items import UNREADABLE, CompatDirectory, CompatFile, CompatItem, CompatMismatch, printable_path
from usagecompat.plugin.sources import Source, absolute, ids_chosen
from usagecompat.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from usagecompat.plugin.configured import Options
    from usagecompat.plugin.fuzzing import Plan

NAME: Final = "usagecompat-kit"
"""What the plugin of a run is registered as."""

_UNUSED: Final = "usagecompat_unused"
_LAST_WORDS: Final = "usagecompat_last_words"
_MOST_NAMES: Final = 10
_PACKAGE: Final = Path(usagecompat.__file__).parent
_MARKS_OF_PYTEST: Final = frozenset({"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"})


@define(kw_only=True, eq=False)
class Kit:
    """The plugin of one run."""

    sources: tuple[Source, ...]
    """All that is named, each place once."""
    asked: tuple[Source, ...]
    """Those of them that `--compat` names, which are run whatever else is; the others stand in `compat_paths`."""
    terms: Terms
    pin: str | None
    """The version of the kit whose cases are run; None for this one."""
    set_name: str
    expected_failures: tuple[ExpectedFailure, ...]
    options: Options
    case_judges: dict[str, CaseJudge] = field(factory=lambda: dict(CASE_JUDGES))
    """What is asked about each case, by the name of the item."""
    fuzzing: Plan | None = field(default=None, init=False)
    """What is fuzzed; None if nothing is."""
    marks_of_others: set[str] = field(factory=set[str], init=False)
    """The marks that mean something to pytest or another plugin."""
    _flags: set[str] = field(factory=set[str], init=False)
    closing: list[Callable[[], list[str]]] = field(factory=list["Callable[[], list[str]]"], init=False)
    """What is done when all has run, and gives lines for the summary."""
    _opened: set[Path] = field(factory=set[Path], init=False)
    """Directories that pytest would leave out, and that lead to a source."""
    _left_out: tuple[Source, ...] = field(default=(), init=False)
    """What `compat_paths` names and this run does not, because it is given paths of its own."""
    _last_words: list[str] = field(factory=list[str], init=False)
    _entries: dict[Path, Mapping[str, Entry]] = field(factory=dict[Path, "Mapping[str, Entry]"], init=False)
    _derived: dict[Path, dict[Path, list[Derived]]] = field(factory=dict[Path, dict[Path, list[Derived]]], init=False)
    _verdicts: dict[str, dict[str, int]] = field(factory=dict[str, dict[str, int]], init=False)
    """What each file, or derived case, came to, and how many payloads of it did."""
    _outcomes: Counter[str] = field(factory=Counter[str], init=False)
    _some: dict[str, bool] = field(factory=dict[str, bool], init=False)
    """The lines that expect some failures, and whether there was one."""
    _unused: list[str] = field(factory=list[str], init=False)

    def take_over(self, config: pytest.Config) -> None:
        """
        Put the sources among the paths to collect, beside those that pytest takes by itself.

        Paths that are given take the place of `compat_paths`, as they do of `testpaths`; one in a corpus selects from it.
        An item of a corpus that `--compat` names is run alone.
        """
        for root in {source.root for source in self.sources}:
            for flag, note in read_notes(root).items():
                self._flags.add(flag)
                config.addinivalue_line("markers", f"{flag}: {note['title']}")
        given = config.args if config.args_source is config.ArgsSource.ARGS else []
        chosen = [absolute(config, argument.partition("::")[0]) for argument in given]
        own = config.args if given or not any(source.item for source in self.asked) else []
        wanted = self.asked if given else self.sources
        named = {source for source in self.sources if any(source.holds(path) for path in chosen)}
        self._left_out = tuple(source for source in self.sources if source not in wanted and source not in named)
        config.option.compat = [source.name for source in self.sources if source not in self._left_out] or None
        # ... which is all that a worker of pytest-xdist is told
        config.args = [*own, *(source.name for source in wanted if source not in named)]

    def entries(self, root: Path) -> Mapping[str, Entry]:
        """What the manifest of a corpus says, read once."""
        if root not in self._entries:
            self._entries[root] = read_manifest(root)
        return self._entries[root]

    def derived(self, source: Source) -> Mapping[Path, list[Derived]]:
        """
        What can be derived from the cases of one place, by the file of the case, made once.

        Raises:
            CorruptCase: A case cannot be read.
        """
        if source.path not in self._derived:
            cases = (read_case(path) for path in sorted(source.files))
            made: dict[Path, list[Derived]] = {}
            for each in derive((case for case in cases if self._is_pinned(case)), self.terms.revision):
                made.setdefault(each.base.path, []).append(each)
            self._derived[source.path] = made
        return self._derived[source.path]

    def names(self, file: Path) -> bool:
        """Whether a file is one of what is run."""
        return any(file in source.files for source in self.sources)

    def holds(self, path: Path) -> bool:
        """Whether `path` is a place that is run, or in one."""
        return any(source.holds(path) for source in self.sources)

    def _is_pinned(self, case: Case) -> bool:
        """Whether the pinned version has the case."""
        return self.pin is None or release(case.since) <= release(self.pin)

    # -- collection

    def pytest_collection(self, session: pytest.Session) -> None:
        """Learn what marks others have, who have all said so by now."""
        self.marks_of_others = _marks_of_others(session.config) - self._flags | _MARKS_OF_PYTEST

    def pytest_report_header(self) -> list[str]:
        """What is run, and on which terms."""
        run = self._run
        places = ", ".join(printable_path(source.path) + source.item for source in run)
        own = "the revision of each case" if any(source.is_corpus for source in run) else LATEST
        terms = f"{places} at {self.terms.revision or own}, profile {self.terms.profile}"
        told = [f"usagecompat: {version()}; {terms if run else 'nothing is run of compat_paths'}"]
        if self._left_out:
            names = ", ".join(printable_path(source.path) for source in self._left_out)
            told.append(f"usagecompat: not run, as paths are given: {names} (compat_paths)")
        return [*told, *map(printable, self.options.header())]

    @pytest.hookimpl(wrapper=True)
    def pytest_ignore_collect(
        self, collection_path: Path, config: pytest.Config
    ) -> Generator[None, bool | None, bool | None]:
        """
        Let nothing of a source be left out for its name alone, and no directory that leads to one.

        What stands beside a source in such a directory, be it a virtual environment, stays left out.
        """
        ignored = yield
        if not (ignored or self._opened):
            return ignored
        if any(collection_path in source.path.parents for source in self.sources):
            if ignored or collection_path.parent in self._opened:
                self._opened.add(collection_path)
                return None
        elif self.holds(collection_path):
            names: list[str] = config.getini("norecursedirs")
            if any(collection_path == source.path for source in self.sources) or any(
                collection_path.match(name) for name in names
            ):
                return None
        elif collection_path.parent in self._opened:
            return True
        return ignored

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A directory of a corpus, on the way to one, or the kit's own, is never taken for a Python package."""
        if path == _PACKAGE or path in self._opened or self.holds(path):
            made = cast("Any", CompatDirectory)  # pytest leaves the types open
            directory: CompatDirectory = made.from_parent(parent, path=path)
            directory.kit = self
            return directory
        return None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A case of a corpus, a payload of a plain tree, and nothing else."""
        for source in self.sources:
            if file_path in source.files:
                made = cast("Any", CompatFile)  # pytest leaves the types open
                shown = printable(displayed(file_path.name))
                odd = {} if shown == file_path.name else {"nodeid": f"{parent.nodeid}/{shown}".removeprefix("./")}
                file: CompatFile = made.from_parent(parent, path=file_path, **odd)
                file.kit, file.source = self, source
                return file
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Mark what is known to fail, and leave out what is not in the set or came after the pinned version."""
        mine = [item for item in items if isinstance(item, CompatItem)]
        used = {expected for item in mine for expected in self._mark(item)}
        if {item.path for item in mine} == {path for source in self.sources for path in source.files}:
            self._unused = [
                _line(each)
                for each in self.expected_failures
                if each not in used and not (self.fuzzing and self.fuzzing.concerns(each))
            ]
        worker: dict[str, list[str]] = getattr(config, "workeroutput", {})
        worker[_UNUSED] = self._unused
        chosen = {source.root: ids_chosen(source.root, self.set_name) for source in self.sources}
        left_out = {item for item in mine if not self._is_chosen(item, chosen)}
        if left_out:
            config.hook.pytest_deselected(items=[item for item in mine if item in left_out])
            items[:] = [item for item in items if item not in left_out]
        if self.fuzzing:
            items += self.fuzzing.items(session, items)

    def _mark(self, item: CompatItem) -> list[ExpectedFailure]:
        """Expect an item to fail as it is listed to; the entries that speak of it."""
        entries = self._entries_on(item)
        if entries:
            codes = {each.code for each in entries}

            def as_listed(mismatch: CompatMismatch) -> bool:
                return None in codes or all(each.code in codes for each in mismatch.mismatches)

            reason = "; ".join(each.reason for each in entries)
            raises = pytest.RaisesExc(CompatMismatch, check=as_listed)
            strict = not all(each.some or each.flaky for each in entries)
            item.add_marker(pytest.mark.xfail(reason=reason, strict=strict, raises=raises))
        return entries

    def _entries_on(self, item: CompatItem) -> list[ExpectedFailure]:
        return [each for each in self.expected_failures if each.concerns(item.subject.id, item.name)]

    def _is_chosen(self, item: CompatItem, sets: Mapping[Path, frozenset[str] | None]) -> bool:
        if not isinstance(item.subject, Case):
            return True
        ids = sets[item.source.root]
        return (ids is None or item.subject.id in ids) and self._is_pinned(item.subject)

    # -- outcome

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Let the collector of garbage pass over the thousands of items, which stay until the end."""
        gc.freeze()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """
        Let a report say what it is about, also to a controller in another process.

        What passes where only some are expected to fail has passed, and there is no more to say of it.
        """
        report = yield
        if isinstance(item, CompatItem) and call.when == "call":
            failed = call.excinfo is not None
            some = [each for each in self._entries_on(item) if each.some or each.flaky]
            report.usagecompat_some = {_line(each): failed for each in some if each.some}  # type: ignore[attr-defined]
            if some and report.passed and hasattr(report, "wasxfail"):
                del report.wasxfail
        if isinstance(item, CompatItem) and (report.when == "call" or not report.passed):
            report.usagecompat_verdicts = item.verdicts  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count."""
        for line, failed in getattr(report, "usagecompat_some", {}).items():
            self._some[line] = self._some.get(line, False) or failed
        verdicts: dict[str, int] | None = getattr(report, "usagecompat_verdicts", None)
        if verdicts is not None:
            outcome = "failed as expected" if report.skipped and hasattr(report, "wasxfail") else report.outcome
            self._outcomes[outcome] += 1
            if outcome != "skipped":
                derived = self.set_name == DERIVED
                self._verdicts[report.nodeid if derived else report.nodeid.partition("::")[0]] = verdicts

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 - pytest-xdist's
        """Take over what a worker of pytest-xdist has found while collecting."""
        output = getattr(node, "workeroutput", {})
        self._unused = output.get(_UNUSED, self._unused)
        self._last_words += output.get(_LAST_WORDS, ())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End what was started."""
        self._last_words += [line for close in self.closing for line in close()]
        config: Any = session.config
        if hasattr(config, "workeroutput"):
            config.workeroutput[_LAST_WORDS] = self._last_words

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - the class is not public
        """How many of the cases there are have been run, and what came of it."""
        verdicts: Counter[str] = Counter()
        for counts in self._verdicts.values():
            verdicts.update(counts)
        told = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in (*Verdict, UNREADABLE))
        told = told.removesuffix(f", 0 {UNREADABLE}")
        total = self._outcomes.total()
        others = "".join(f", {count} {what}" for what, count in sorted(self._outcomes.items()) if what != "passed")
        terminalreporter.section("usagecompat")
        terminalreporter.line(f"{len(self._verdicts)} of {self._noun(verdicts.total())} {told}")
        terminalreporter.line(f"{self._outcomes['passed']} of {total} items passed{others}")
        if lost := [path for source in self._run for path in source.without_case]:
            names = ", ".join(map(printable_path, lost[:_MOST_NAMES]))
            more = f" and {len(lost) - _MOST_NAMES:,} more" if len(lost) > _MOST_NAMES else ""
            noun = "payload has" if len(lost) == 1 else "payloads have"
            terminalreporter.line(
                f"{len(lost):,} {noun} no case among others that do, and nobody has looked at: {printable(names)}{more}"
            )
        clients = [name for name in self.case_judges if name not in CASE_JUDGES]
        if clients and self._run and not self.fuzzing and not any(source.is_corpus for source in self._run):
            names = printable(", ".join(clients))
            terminalreporter.line(f"not asked, as a client is asked about cases, and here are only payloads: {names}")
        for line in self._last_words:
            terminalreporter.line(line)
        for entry in (line for line, failed in self._some.items() if not failed):
            terminalreporter.line(f"expected failure of some, and none that was run has failed: {entry}")
        for entry in self._unused:
            terminalreporter.line(f"expected failure that no item has the name of: {entry}")

    def _noun(self, payloads: int) -> str:
        """How many cases, payloads or files there are to run, and what they are called."""
        run = self._run
        if self.set_name == DERIVED:
            made = [self.derived(source) for source in run]
            known = sum(len(cases) for by_file in made for cases in by_file.values())
            return f"{known} cases run that are derived in memory from {sum(map(len, made))} files:"
        known = sum(len(source.files) for source in run)
        if all(source.is_corpus for source in run):
            return f"{known} cases run, by their files"
        if payloads > len(self._verdicts):
            return f"{known} files run, with {payloads:,} payloads, in all"
        return f"{known} payloads run, in all"

    @property
    def _run(self) -> list[Source]:
        """What is run."""
        return [source for source in self.sources if source not in self._left_out]


def _line(expected: ExpectedFailure) -> str:
    return f"{expected.glob} (line {expected.line})"


def _marks_of_others(config: pytest.Config) -> set[str]:
    """The marks that pytest and plugins have told; those of the project's settings mean nothing by themselves."""
    lines: list[str] = config.getini("markers")
    told = {re.split(r"[:(]", line)[0].strip() for line in lines}
    settings = config.inipath.read_text("utf-8", "replace") if config.inipath else ""
    own = re.search(r"^\s*markers\s*=(.*?)(?=^\s*\w+\s*=|^\[|\Z)", settings, re.DOTALL | re.MULTILINE)
    return told - set(re.findall(r"\w+", own[1] if own else ""))
