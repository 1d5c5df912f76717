"""Unfolds a nested JSON tree, as `jug walk --tree` or `tree -J` writes it, to a line of path and size for each entry.

    python3 nested.py <tree.json
"""

import json
import sys

sys.setrecursionlimit(20_000)


def unfold(node, above):
    path = node.get("path") or above + node["name"]
    print(path, node["size"], sep="\t")
    for child in node.get("children") or node.get("contents") or ():
        unfold(child, path + "/")


document = json.load(sys.stdin)
roots = document["roots"] if isinstance(document, dict) else document
for root in roots:
    if root.get("type") != "report":
        unfold(root, "")
