"""
Archives of any size, summed up: where the payloads are, what is said of all of them, and who does the work.

`usagecompat.scan.partitions` cuts what is named into partitions, `usagecompat.scan.scanning` sums one up,
and summaries add up in any order (`usagecompat.scan.summary`), so that any scheduler can do the rest.
"""
