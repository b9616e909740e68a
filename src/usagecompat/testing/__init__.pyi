from .paging_machine import PagingMachine
from .parametrizing import parametrize
from .round_trips import assert_round_trips

__all__ = ["PagingMachine", "assert_round_trips", "parametrize"]
