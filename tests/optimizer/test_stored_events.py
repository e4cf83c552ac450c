"""Events survive the way through JSON, also from a newer version with more fields."""

import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.errors import InputError
from optimizer.events import Event, is_durable
from optimizer.stored_events import EVENT_TYPES, event_from_dict, event_to_dict


@pytest.mark.parametrize("cls", EVENT_TYPES.values(), ids=lambda cls: cls.kind)
@given(data=st.data())
def test_every_event_is_the_same_after_storing(cls, data):
    event = data.draw(st.from_type(cls))
    text = json.dumps(event_to_dict(event), allow_nan=True)
    if "NaN" in text:
        return
    stored = json.loads(text)
    assert event_from_dict(stored) == event
    assert event_from_dict({**stored, "added_later": 1}) == event


def test_an_unknown_or_broken_event_is_refused():
    with pytest.raises(InputError):
        event_from_dict({"kind": "from_the_future"})
    with pytest.raises(InputError):
        event_from_dict({"kind": "baseline_scored", "score": 1.0})


def test_only_progress_is_transient():
    kinds = {cls.kind for cls in typing.get_args(Event)}
    assert kinds == set(EVENT_TYPES)
    assert [kind for kind in EVENT_TYPES if kind == "progress"] == ["progress"]
    progress = EVENT_TYPES["progress"](0, 0, 0, 0, 0, None, 0, None, "")
    assert not is_durable(progress)
