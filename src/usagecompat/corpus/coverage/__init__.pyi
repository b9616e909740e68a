from .accounting import Coverage, Met, Status, cover

__all__ = ["Coverage", "Met", "Status", "cover"]
