"""Keys: sessions of browsers that signed in, and tokens of programs."""

from __future__ import annotations

import secrets

from leeway.engine.people.attempts import Attempts
from leeway.engine.people.desk import Desk
from leeway.engine.people.passwords import Hasher
from leeway.engine.people.register import Doer, Via, Who, digest_of
from leeway.engine.people.roles import NO_RIGHTS, Action, Role, grants_more
from leeway.errors import Denied, Invalid, NotFound, Throttled
from leeway.ports.legible import one_line
from leeway.ports.people import Key, KeyKind, Person

TOKEN = "lw_"  # noqa: S105 — what tokens begin with, so that a search for leaked ones finds them
SESSION_S = 14 * 86_400
TOKEN_S = 90 * 86_400
"""How long a token is good if nobody says else."""

WORDS = 100


class Keys:
    """Who shows what, and how one gets it."""

    def __init__(self, desk: Desk, hasher: Hasher) -> None:
        self._desk, self._hasher, self._attempts = desk, hasher, Attempts()

    def session(self, secret: str) -> Who | None:
        """Whose session this is, None if it is nobody's now."""
        return self._who(KeyKind.SESSION, secret)

    def token(self, secret: str) -> Who | None:
        """Whose token this is, None if it is nobody's now."""
        return self._who(KeyKind.TOKEN, secret) if secret.startswith(TOKEN) else None

    def stands(self, who: Who) -> bool:
        """False if what they showed was ended or ran out meanwhile."""
        return self._desk.stands(who.key)

    async def sign_in(self, name: str, password: str, place: str) -> str:
        """The secret of a new session. Raises Denied, and Throttled after too many attempts.

        Neither what is said nor how long it takes tells whether there is somebody of this name.
        """
        wait_s = self._attempts.begin(name, place, self._desk.clock.now())
        if wait_s:
            mend = "an admin can send you a new link: `leeway user link NAME`"
            raise Throttled("too many attempts to sign in", mend=mend, retry_after_s=wait_s)
        person = self._desk.register.named(name)
        fits = await self._hasher.matches(password, person.password if person else "")
        if person is None or not fits:
            nobody = Doer(Who("", NO_RIGHTS, Via.NOBODY), place)
            act = self._desk.act(nobody, "sign-in.refused", person.name if person else "an unknown name")
            await self._desk.change(lambda: self._desk.store.note([act]))
            raise Denied("name and password do not belong together", mend="an admin can send you a new link")
        self._attempts.right(name, place)
        return await self.begin(person, place)

    async def begin(self, person: Person, place: str, how: str = "password") -> str:
        """The secret of a new session of somebody who has shown who they are."""
        secret, now = secrets.token_urlsafe(32), self._desk.clock.now()
        key = Key(0, KeyKind.SESSION, digest_of(secret), person.number, now, person.name, now + SESSION_S)
        doer = Doer(Who(person.name, NO_RIGHTS, Via.SESSION, person.number), place)
        act = self._desk.act(doer, "sign-in", person.name, "", how)
        over = self._desk.ran_out((KeyKind.SESSION, KeyKind.LINK))

        def work() -> None:
            self._desk.store.end(over, None)
            self._desk.store.give(key, act)

        await self._desk.change(work)
        return secret

    async def sign_out(self, doer: Doer) -> None:
        """Ends the session of whoever asks."""
        if doer.who.via is Via.SESSION and doer.who.key is not None:
            number, act = doer.who.key, self._desk.act(doer, "sign-out", doer.who.name)
            await self._desk.change(lambda: self._desk.store.end([number], act))

    def tokens(self, who: Who) -> tuple[tuple[Key, Person | None, float | None], ...]:
        """The tokens that somebody may see, newest first, each with whose it is and when it was used last.

        One's own, and all for admins.
        """
        people = self._desk.register.people
        return tuple(
            (key, None if key.person is None else people.get(key.person), self._desk.last_used(key))
            for key in self._desk.register.keys.values()
            if key.kind is KeyKind.TOKEN and self._belongs(key, who)
        )

    async def make_token(
        self, name: str, role: str, project: str, lasts_s: float | None, doer: Doer
    ) -> tuple[Key, str]:
        """A token of whoever asks, and its secret, which is never told again. `lasts_s` None: until it is ended.

        Raises Invalid, and Denied for more than they may themselves, and for a token that wants a token.
        """
        if doer.who.via is Via.TOKEN:
            raise Denied("a token makes no tokens", mend="sign in, or use the command line on the server's machine")
        said, now = one_line(name, WORDS), self._desk.clock.now()
        if not said:
            raise Invalid("a token has a name", place="name", mend="say what it is for: others will wonder")
        wanted = _role(role)
        if lasts_s is not None and lasts_s <= 0:
            raise Invalid("it would be over already", place="lasts_s", mend="say for how many seconds it is good")
        if grants_more(wanted, project, doer.who.rights):
            raise Denied("this is more than you may yourself", place="role", mend="take a smaller role or a project")
        secret = TOKEN + secrets.token_urlsafe(32)
        ends = None if lasts_s is None else now + lasts_s
        digest, by, person = digest_of(secret), doer.who.name, doer.who.person
        key = Key(0, KeyKind.TOKEN, digest, person, now, by, ends, said, project, wanted.value)
        act = self._desk.act(doer, "token.add", said, "", f"{wanted.value} in {project}")
        return await self._desk.change(lambda: self._desk.store.give(key, act)), secret

    async def end_token(self, number: int, doer: Doer) -> Key:
        """Makes a token good for nothing. Raises NotFound for one that is not there, or not theirs to see."""
        found = next((key for key, _, _ in self.tokens(doer.who) if key.number == number), None)
        if found is None:
            raise NotFound(f"there is no token {number}", mend="`leeway token list` has yours")
        key = found
        act = self._desk.act(doer, "token.end", key.name, f"{key.role} in {key.project}")
        if not await self._desk.change(lambda: self._desk.store.end([number], act)):
            raise NotFound(f"token {number} was ended already")
        return key

    def _who(self, kind: KeyKind, secret: str) -> Who | None:
        key = self._desk.key(kind, secret)
        who = None if key is None else self._desk.register.who(key)
        if key is not None and who is not None:
            self._desk.use(key)
        return who

    @staticmethod
    def _belongs(key: Key, who: Who) -> bool:
        return who.rights.everywhere(Action.ADMINISTER) or (key.person is not None and key.person == who.person)


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        mend = f"there are {', '.join(Role)}"
        raise Invalid(f"no role is called {word[:40]!r}", place="role", mend=mend) from None
