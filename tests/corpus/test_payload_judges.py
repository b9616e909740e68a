"""What the judges of payloads without a case say of one fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from usagecompat.corpus.case_checks import PAYLOAD_JUDGES
from usagecompat.corpus.case_files import Payload
from usagecompat.corpus.mismatches import Terms

if TYPE_CHECKING:
    from pathlib import Path

WRONG = (
    '{"object":"organization.costs.result","amount":{"value":"12,50","currency":"usd"}}',
    '{"object":"organization.usage.embeddings.result","input_tokens":null,"num_model_requests":1}',
    '{"object":"bucket","start_time":1,"results":[{"object":"organization.usage.images.result"}]}',
    '{"object":"page","data":5,"has_more":"no","next_page":null}',
)


@pytest.mark.parametrize("text", WRONG)
def test_one_fault_has_one_place_and_one_wording(text: str, tmp_path: Path) -> None:
    """The schema judge and the record judge tell the same faults at the same places, in the same words."""
    path = tmp_path / "wrong.json"
    path.write_text(text)
    told = [
        {
            (one.code, one.pointer, one.seen)
            for one in PAYLOAD_JUDGES[name](Payload(id="wrong", payload_path=path), Terms())
        }
        for name in ("schema", "record")
    ]
    assert told[0]
    assert told[0] == told[1]
