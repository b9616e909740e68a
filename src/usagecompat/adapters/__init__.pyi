from .descriptions import Adapter, row_of
from .installation import Status, client_of, paging_client_of

__all__ = ["Adapter", "Status", "client_of", "paging_client_of", "row_of"]
