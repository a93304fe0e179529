"""How often somebody may try."""

from __future__ import annotations

from leeway.engine.people.attempts import FROM_THERE, KNOWN, OF_ADDRESS, OF_NAME, WITHIN_S, Attempts


def tries(attempts, count, name="ann", address="192.0.2.1", now=0.0):
    return [attempts.begin(name, address, now) for _ in range(count)]


def test_after_some_attempts_one_has_to_wait_for_the_first_to_be_forgotten():
    """What was refused does not count, so waiting helps."""
    attempts = Attempts()
    assert tries(attempts, FROM_THERE) == [0.0] * FROM_THERE
    assert tries(attempts, 3, now=100.0) == [WITHIN_S - 100.0] * 3
    assert tries(attempts, 1, now=WITHIN_S) == [0.0]


def test_others_from_elsewhere_are_not_locked_out():
    """Also under the same name, in any case."""
    attempts = Attempts()
    tries(attempts, FROM_THERE, "Ann")
    assert tries(attempts, 1, "ANN")[0] > 0
    assert tries(attempts, 1, address="192.0.2.2") == [0.0]
    assert tries(attempts, 1, "bob") == [0.0]


def test_a_right_password_takes_the_count_back():
    """Who mistyped twice and then hit begins anew."""
    attempts = Attempts()
    for _ in range(20):
        tries(attempts, FROM_THERE - 1)
        attempts.right("ann", "192.0.2.1")
        assert tries(attempts, 1) == [0.0]
        attempts.right("ann", "192.0.2.1")


def test_many_names_from_one_address_and_many_addresses_for_one_name_are_slowed_down():
    """Spraying is no way round."""
    attempts = Attempts()
    assert [tries(attempts, 1, f"n{number}")[0] for number in range(OF_ADDRESS)] == [0.0] * OF_ADDRESS
    assert tries(attempts, 1, "another")[0] > 0
    attempts = Attempts()
    assert [tries(attempts, 1, address=f"{number}")[0] for number in range(OF_NAME)] == [0.0] * OF_NAME
    assert tries(attempts, 1, address="another")[0] > 0


def test_counting_takes_no_more_memory_than_was_allowed():
    """The quietest are forgotten first."""
    attempts = Attempts()
    for number in range(KNOWN):
        tries(attempts, 1, f"n{number}", f"a{number}")
    assert len(attempts._made) <= KNOWN
