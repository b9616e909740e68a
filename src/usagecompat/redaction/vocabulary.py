"""
The words that are public: what the vendor publishes in its contract, its price list and its documents.

A word stands here only if it tells nothing about a customer by itself.
A word that is missing costs a name in a redacted page; a word too many could leave a private one there.
"""

from __future__ import annotations

from typing import Final

from usagecompat.contract import (
    EMULATOR_HABITS,
    ENDPOINT_NAMES,
    KNOWN_UNDECLARED,
    RECORDS,
    REVISIONS,
    contract,
)

_CONTRACTS: Final = tuple(contract(revision) for revision in REVISIONS)

KINDS: Final = frozenset(kind for each in _CONTRACTS for kind in each.kinds) | frozenset(ENDPOINT_NAMES)
"""The discriminators of results, and what they are taken for."""

DISCRIMINATORS: Final = KINDS | {"page", "list", "bucket", *RECORDS}

NAMES: Final = frozenset(
    name
    for each in _CONTRACTS
    for record in each.records.values()
    for name in (*record.members, *record.required, *record.former, *record.newer)
) | frozenset([*KNOWN_UNDECLARED, *(name for _, name in EMULATOR_HABITS)])
"""The names of members that any revision declares or the API is known to send."""

NUMBERS: Final = frozenset(
    member.name
    for each in _CONTRACTS
    for record in each.records.values()
    for member in record.members.values()
    if member.type in {"integer", "number"} and member.name != "value"
)
"""The members whose values are numbers; an amount's `value` is one only inside an amount."""

WORDS: Final = frozenset(
    """
    account active admin agent agents alert alerts all amount api assistant assistants at audio auto average base batch batches before bill
    billed billing body bool boolean bucket buckets bytes cache cached calls call category characters character chat
    code codex color completion completions computer container containers content context cost costs count counts
    created credit credits currency current cursor data date day days decision decisions default delta detail details
    discount document documents duration edit email embedding embeddings end endpoint enforcement entity error errors
    eval evals event events expires export external false fee fees file files final fine first flex format free from
    function generation gibibyte gibibytes granularity grader graders grant group grouped gigabyte has height high hour
    hourly hours hr hrs http id ids image images in input inputs interpreter interval invalid invoice is iso item items
    job jobs key keys kind label labels language last length level limit line list log low max medium megapixel
    member message messages meta metadata method min minute minutes model models moderation moderations modality month
    monthly more moderated multiplier name net next note notes null num number object of offset on operation order
    organization other out output outputs owner page pages paid param params payload payloads parameters part parts per period permission
    playground preview previous price prices priority product project projects promotional prompt prompts quantity query
    queries quota ratio rate read reads realtime reason reasoning reasoned refund region request requested requests
    research response responses result results retrieval role scale search searches second seconds sequence server
    service session sessions shape short size sku source speech speeches spend standard start started status storage
    store stores string sub subtotal sum tag tags tax text tier time threshold timestamp timezone title to token tokens tool
    tools total totals trace training transcription transcriptions transcribe true tts tuned tuning type uncached unit
    units unlabeled updated upscale url usage used user users utc value values variation vector version video videos
    volume web webhook week width with write writes written year zone
    """.split()
)
"""The words of member names, line items, units and errors."""

FAMILIES: Final = frozenset(
    """
    gpt chatgpt o1 o2 o3 o4 o5 text tts whisper dall omni davinci babbage curie ada codex computer sora chat
    """.split()
)
"""The first parts of the names of the vendor's models."""

MODEL_WORDS: Final = frozenset(
    """
    002 003 16k 32k 128k 1106 0125 0301 0314 0613 ada agent alpha api astra audio babbage beta chat code codex curie
    davinci deep diarize dall e edit embedding exp ga hd high image images instant instruct it large latest legacy live
    low luna max medium mini moderation multimodal nano o omni oss preview pro realtime reasoning research safeguard
    search similarity small sol spark stable text thinking transcribe transcription translate tts turbo ultra use v1 v2
    v3 v4 vision voice whisper
    """.split()
)
"""The other parts of those names, but for versions and dates."""

UNITS: Final = frozenset(
    value
    for each in _CONTRACTS
    for record in each.records.values()
    for name, member in record.members.items()
    if name == "quantity_unit" and member.values is not None
    for value in member.values.known
)
SERVICE_TIERS: Final = frozenset("auto default flex priority scale batch standard".split())
SOURCES: Final = frozenset(("image.generation", "image.edit", "image.variation", "image.upscale"))
LEVELS: Final = frozenset("low medium high auto".split())
API_SOURCES: Final = frozenset("agents_api unlabeled realtime".split())
WIDTHS: Final = frozenset("1m 1h 1d".split())
