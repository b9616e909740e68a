from .parametrizing import parametrize
from .round_trips import assert_round_trips

__all__ = ["assert_round_trips", "parametrize"]
