"""Whatever JSON is sent as blocks, the Block Kit rules judge it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.workspace.blockkit.messages import message_problems
from sandbox.workspace.blockkit.views import view_problems

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "element", "options", "fields", "accessory", "block_id", "tasks"]
            ),
            inner
            | st.sampled_from(
                ["section", "actions", "input", "static_select", "rich_text", "plan", "button", "table"]
            ),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(json_values)
def test_any_json_is_judged_and_never_breaks_the_validator(value):
    assert isinstance(message_problems(value), list)
    assert isinstance(view_problems(value, "modal"), list)
