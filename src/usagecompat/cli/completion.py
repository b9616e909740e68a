"""
`usagecompat completion`: the script that lets a shell complete commands, options and values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from usagecompat.cli.output import put

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import ShellComplete

_PROGRAM: Final = "usagecompat"
_ASKED: Final = "_USAGECOMPAT_COMPLETE"
"""The variable in which the script asks; click makes its name of the program's."""


class _Zsh(ZshComplete):
    """
    Completion for zsh, in a file that it loads when it is needed.

    The function has the name of that file. Under any other name, zsh runs the whole file at the second Tab again, which
    then completes nothing.
    """

    @property
    def func_name(self) -> str:
        """The name of the function, and of the file."""
        return f"_{_PROGRAM}"


_SHELLS: Final[Mapping[str, type[ShellComplete]]] = {"bash": BashComplete, "fish": FishComplete, "zsh": _Zsh}


@click.command()
@click.argument("shell", type=click.Choice([*_SHELLS]), metavar="SHELL")
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """
    Print the script that completes commands, options and values in SHELL.

    SHELL is bash (4.4 or newer), fish or zsh. The script asks `usagecompat` itself for what there is: commands,
    options, revisions, finding codes, case ids, adapters and more.

    \b
    Example: usagecompat completion bash > ~/.local/share/bash-completion/completions/usagecompat
    Example: usagecompat completion zsh > ~/.zfunc/_usagecompat
    Example: usagecompat completion fish > ~/.config/fish/completions/usagecompat.fish
    """  # noqa: D301 - click's own mark
    root = context.find_root().command
    put(_SHELLS[shell](root, {}, _PROGRAM, _ASKED).source())
