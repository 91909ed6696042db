"""What happens, as it happens, for somebody at a terminal. Words of people are shown, never interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

from leadbot.demo.cast import BRAND, Role
from leadbot.flows.weights import weighted_length
from leadbot.store import Store
from leadbot.store.queries import DecisionItem, HandOffItem
from leadbot.store.states import HandOffState
from leadbot.store.threads import ThreadPost

_QUIET = frozenset({"ReplySent", "ReplyRefused"})
_PLAIN = {
    "peace": "left in peace",
    "support": "no lead: a task for the helpdesk, nothing is pitched",
    "automated_account": "another bot: never talked to",
    "opt_out": "opted out: never written to again",
    "edit_waits": "edited before the answer: the new words count",
    "edit_updated": "edited after the answer: the receipt follows, no second answer",
    "human_has_it": "known, and a human has it: nothing is asked again",
    "to_same_rep": "known: back to the same rep, nothing is asked again",
    "consent_unclear": "no clear yes: stays with us, nothing goes to the CRM",
}
"""Reasons of flows (docs/reasons.md) that deserve a sentence here."""

_SETTLING = frozenset({"reply_sent", "gathered", "pace"})


@dataclass(slots=True)
class Watch:
    """Shows each post, decision and handoff once, in the order in which they came to be."""

    store: Store
    console: Console
    roles: Mapping[str, Role]
    _shown: set[str] = field(default_factory=set)
    _last_person: str = ""

    def look(self) -> None:
        """Show what is new."""
        for handle in list(self.roles):
            found = self.store.queries.find_person(handle)
            if found is None:
                continue
            for conversation in found.conversations:
                thread = self.store.queries.thread(conversation.brand_id, conversation.person_id)
                decisions = self.store.queries.decisions(conversation.id)
                self._person(handle, thread, list(reversed(decisions)))
        for item in self.store.queries.handoffs(states=tuple(HandOffState)):
            self._handoff(item)

    def _person(self, handle: str, thread: list[ThreadPost], decisions: list[DecisionItem]) -> None:
        """Posts with what was made of them, then the words; each decision under the post it is about."""
        words = {post.id: post for post in thread}
        for decision in decisions:
            if not self._is_new(f"decision:{decision.id}"):
                continue
            post = words.get(decision.post_id or "")
            if decision.event in ("PostReceived", "PostEdited"):
                self._heard(handle, post, decision)
            elif decision.reason == "reply_sent" and post is not None:
                self._said(handle, post)
            elif decision.event not in _QUIET and decision.reason != "nothing_to_do":
                self._decided(handle, decision)

    def _heard(self, handle: str, post: ThreadPost | None, decision: DecisionItem) -> None:
        self._head(handle)
        verb = "edited" if decision.event == "PostEdited" else "heard"
        self._line(verb, escape(post.text) if post else "[dim](edited a moment later)[/dim]", "bold")
        read, rest = _split_trace(decision)
        if read:
            self._line("read", escape(read), "cyan")
        if decision.reason not in _SETTLING or rest:
            self._line("decided", escape(_why(decision.reason, rest)), "yellow")

    def _decided(self, handle: str, decision: DecisionItem) -> None:
        self._head(handle)
        _, rest = _split_trace(decision)
        self._line("decided", escape(_why(decision.reason, rest)), "yellow")

    def _said(self, handle: str, post: ThreadPost) -> None:
        self._head(handle)
        length = weighted_length(post.text)
        self._line(
            "said", f"{escape(' '.join(post.text.split()))} [dim]({length} of 140)[/dim]", "bold green"
        )

    def _handoff(self, item: HandOffItem) -> None:
        if not self._is_new(f"handoff:{item.key}:{item.consent}"):
            return
        is_known = not self._is_new(f"handoff:{item.key}")
        story = self.store.queries.handoff(item.key)
        self._head(item.person)
        consent = item.consent.value.replace("_", " ")
        self._line(
            "handed over", f"to {escape(item.rep)}, {item.score} points, consent: {consent}", "bold magenta"
        )
        for line in story.effect.receipt if story and not is_known else ():
            words, source = escape(f"“{line.words}”"), escape(str(line.source))
            self._line("", f"{line.points:+4d}  {words}  [dim]{source}[/dim]", "magenta")

    def _head(self, handle: str) -> None:
        if handle == self._last_person:
            return
        self._last_person = handle
        role = self.roles.get(handle)
        name = f"{escape(role.name)}, {escape(role.part)}" if role else ""
        self.console.print(f"\n[bold]@{escape(handle)}[/bold]  [dim]{name}[/dim]", highlight=False)

    def _line(self, verb: str, text: str, style: str) -> None:
        self.console.print(f"  [{style}]{verb:<11}[/{style}] {text}", highlight=False, soft_wrap=True)

    def _is_new(self, key: str) -> bool:
        if key in self._shown:
            return False
        self._shown.add(key)
        return True


def _split_trace(decision: DecisionItem) -> tuple[str, list[str]]:
    """How the post was read, and the rest of what was looked at."""
    read = [one.removeprefix("read as ") for one in decision.trace if one.startswith("read as ")]
    return (read[0] if read else ""), [one for one in decision.trace if not one.startswith("read as ")]


def _why(reason: str, trace: list[str]) -> str:
    plain = _PLAIN.get(reason, reason.replace("_", " "))
    return plain + (f": {'; '.join(trace)}" if trace else "")


def opening(console: Console, people: int) -> None:
    """Say what this is before anything else."""
    console.rule("[bold reverse] SIMULATION [/bold reverse] nothing here reaches X", style="yellow")
    console.print(
        f"A local X on this machine, the real daemon, and {people} scripted people who talk to @{BRAND}.\n"
        "heard → read → decided → said → handed over, as it happens. Ctrl-C ends it.",
        highlight=False,
    )


def tell_desk(console: Console, address: str, *, stays: bool = False) -> None:
    """Where the reps' page is; the link works once."""
    words = "The desk is still open, Ctrl-C ends the demo:" if stays else "The desk, where reps take over:"
    console.print(f"\n[bold]{words}[/bold]\n{escape(address)}", highlight=False, soft_wrap=True)


def closing(console: Console, report: Mapping[str, object]) -> None:
    """What came of it, and what to do next."""
    handoffs = report["handoffs"]
    assert isinstance(handoffs, list)
    violations = report["violations"]
    assert isinstance(violations, list)
    console.print()
    console.rule("[bold reverse] SIMULATION [/bold reverse] what came of it", style="yellow")
    console.print(
        f"heard {report['heard']} posts, left {report['left_in_peace']} in peace, "
        f"began {report['dialogs']} dialogs with {report['replies']} replies\n"
        f"handed over {len(handoffs)} people, the first after {report['seconds_to_first_handoff']} s; "
        f"{report['opt_outs']} said stop and were obeyed\n"
        f"broke {len(violations)} rules of conduct; X would have charged ${report['spent_usd']:.2f}",
        highlight=False,
    )
    console.print(
        "\nNext:  leadbot demo --me     be one of the people\n       leadbot init shop     your own project"
    )
