"""
What a scan has done so far, in a file, so that another run can go on from there.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict, frozen

from usagecompat.exceptions import UsageCompatError
from usagecompat.scan.partitions import fingerprint
from usagecompat.scan.summary import Summary

if TYPE_CHECKING:
    from usagecompat.scan.partition_scan import Options
    from usagecompat.scan.slices import Plan

FORMAT: Final = 1
_HELD: Final = ("scan", "done", "summary")
_SECONDS: Final = 5.0
"""The state is written so often, and at the end."""


@frozen(eq=False)
class StateOfAnotherScan(UsageCompatError):
    """A state file does not belong to the scan that was asked for."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; remove the file to begin again, or name another with --state"


class State:
    """The summary of the partitions that are done, kept in a file."""

    def __init__(self, path: Path | None, plan: Plan, options: Options) -> None:
        """
        Take up what the file holds, if it exists.

        Raises:
            StateOfAnotherScan: It is of other inputs or options, or no state at all.
        """
        self._path = path and Path(os.path.realpath(path))  # a link stays one
        self._scan = {"options": _chosen(options), "inputs": _digest(fingerprint(plan))}
        self._summary = Summary()
        self._again = Summary()
        """Of partitions in which something could not be read: another run tries them again."""
        self.done: set[int] = set()
        """The partitions that no other run has to do."""
        self._written = monotonic()
        if path is not None and path.exists():
            self._load(path)

    @property
    def summary(self) -> Summary:
        """Of everything that was scanned."""
        return self._summary + self._again

    def _load(self, path: Path) -> None:
        if not path.is_file():
            raise StateOfAnotherScan(str(path), "this is no file")
        try:
            data: Any = json.loads(path.read_bytes())
            if data["usagecompat_scan_state"] != FORMAT:
                reason = f"this state has format {data['usagecompat_scan_state']}, and this kit writes {FORMAT}"
            elif data["scan"]["options"] != self._scan["options"]:
                reason = f"this is the state of a scan with other options, {_told(data['scan']['options'])}"
            elif data["scan"]["inputs"] != self._scan["inputs"]:
                reason = "this is the state of a scan of other inputs, or they have changed since"
            elif (
                ("digest" in data and data["digest"] != _digest([data[name] for name in _HELD]))
                or data.keys() > {"usagecompat_scan_state", "digest", *_HELD}
                or ("digest" not in data and data.keys() != {"usagecompat_scan_state", *_HELD})
            ):
                reason = "the state was changed since it was written"
            else:
                self._summary = Summary.from_dict(data["summary"])
                self.done = {number for first, last in data["done"] for number in range(first, last + 1)}
                return
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise StateOfAnotherScan(str(path), "this is no state of a scan") from error
        raise StateOfAnotherScan(str(path), reason)

    def add(self, number: int, summary: Summary) -> None:
        """A partition is done, or as much of it as can be read."""
        if summary.unread:
            self._again += summary
            return
        self._summary += summary
        self.done.add(number)
        if monotonic() - self._written > _SECONDS:
            self.save()

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self._path is None:
            return
        data: dict[str, Any] = {
            "usagecompat_scan_state": FORMAT,
            "scan": self._scan,
            "done": _ranges(self.done),
            "summary": self._summary.to_dict(),
        }
        data["digest"] = _digest([data[name] for name in _HELD])
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            with beside.open("w", encoding="utf-8", newline="\n") as file:
                json.dump(data, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:  # which says of a full disk not even which file it was about
            raise OSError(error.errno, error.strerror or str(error), str(self._path)) from error
        finally:
            beside.unlink(missing_ok=True)
        self._written = monotonic()


def _chosen(options: Options) -> dict[str, Any]:
    """The options as JSON has them; those that came later only where they are used, so that older states are read."""
    chosen: dict[str, Any] = asdict(options)
    later = {name: chosen.pop(name) for name in ("ignore", "totals", "group", "restatements")}
    return {
        **chosen,
        **{name: [*value] if isinstance(value, tuple) else value for name, value in later.items() if value},
    }


def _digest(inputs: list[Any]) -> str:
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


def _told(options: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in options.items() if value is not None)


def _ranges(numbers: set[int]) -> list[list[int]]:
    """The numbers as first and last of each run."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges
