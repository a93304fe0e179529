"""`leeway completion`: the script that teaches a shell the verbs and options."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script for your shell.

    \b
    bash: leeway completion bash > ~/.local/share/bash-completion/completions/leeway
    zsh:  leeway completion zsh  > ~/.zfunc/_leeway       (a folder in your fpath)
    fish: leeway completion fish > ~/.config/fish/completions/leeway.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"Click knows no completion for {shell}.")
    script = kind(ctx.find_root().command, {}, "leeway", "_LEEWAY_COMPLETE")
    # Not script.source(): for bash that starts a bash to look at its version, and the script may be for elsewhere.
    click.echo(ShellComplete.source(script))
