"""Reading and editing of ONNX files without the package `onnx`: only the protocol buffer messages that are needed.

Only `ModelProto.graph` is parsed, into nodes and tensors; everything else is copied unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Field numbers of onnx.proto, in the order of the messages ModelProto, GraphProto, NodeProto, TensorProto.
GRAPH = 7
NODE, TENSOR = 1, 5
INPUTS, OUTPUTS, NODE_NAME, OPERATION = 1, 2, 3, 4
DIMENSIONS, DATA_TYPE, TENSOR_NAME, RAW_DATA = 1, 2, 8, 9
DATA_TYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 3: np.dtype("<i1"), 7: np.dtype("<i8")}
FLOAT = 1
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


@dataclass
class Node:
    """One operation; `rest` holds its attributes as in the file."""

    operation: str
    inputs: list[str]
    outputs: list[str]
    rest: bytes


@dataclass
class OnnxFile:
    """A parsed model.

    Attributes:
        nodes: in the order of execution.
        tensors: the constants by name.
        graph_rest, rest: all other fields of the graph and of the model.
    """

    nodes: list[Node] = field(default_factory=list)
    tensors: dict[str, memoryview] = field(default_factory=dict)
    graph_rest: list[memoryview] = field(default_factory=list)
    rest: list[memoryview] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> OnnxFile:
        """Parse a file.

        Raises:
            ValueError: when it is not a protocol buffer with a graph.
        """
        model = cls()
        graph = None
        for number, value, whole in _fields(memoryview(path.read_bytes())):
            if number == GRAPH and isinstance(value, memoryview):
                graph = value
            else:
                model.rest.append(whole)
        if graph is None:
            raise ValueError("no graph")
        for number, value, whole in _fields(graph):
            if number == NODE and isinstance(value, memoryview):
                model.nodes.append(_node(value))
            elif number == TENSOR and isinstance(value, memoryview):
                model.tensors[_text_field(value, TENSOR_NAME)] = value
            else:
                model.graph_rest.append(whole)
        return model

    def tensor(self, name: str) -> npt.NDArray[Any]:
        """Return the numbers of a constant.

        Raises:
            KeyError: when there is none of that name, or its type is not supported here.
        """
        dimensions: list[int] = []
        kind, data = 0, memoryview(b"")
        for number, value, _ in _fields(self.tensors[name]):
            if number == DIMENSIONS:
                dimensions += [value] if isinstance(value, int) else _packed(value)
            elif number == DATA_TYPE and isinstance(value, int):
                kind = value
            elif number == RAW_DATA and isinstance(value, memoryview):
                data = value
        numbers: npt.NDArray[Any] = np.frombuffer(bytes(data), dtype=DATA_TYPES[kind]).reshape(dimensions)
        return numbers

    def add_tensor(self, name: str, numbers: npt.NDArray[np.float32]) -> None:
        """Add a constant of 32-bit floats."""
        self.tensors[name] = memoryview(
            b"".join(_number(DIMENSIONS, size) for size in numbers.shape)
            + _number(DATA_TYPE, FLOAT)
            + _bytes(TENSOR_NAME, name.encode())
            + _bytes(RAW_DATA, np.ascontiguousarray(numbers, dtype="<f4").tobytes())
        )

    def to_bytes(self) -> bytes:
        """Serialise the file."""
        graph = [_bytes(NODE, _node_bytes(node)) for node in self.nodes]
        graph += [_bytes(TENSOR, tensor) for tensor in self.tensors.values()]
        return b"".join([*self.rest, _bytes(GRAPH, b"".join([*graph, *self.graph_rest]))])


def _node(data: memoryview) -> Node:
    node = Node("", [], [], b"")
    for number, value, whole in _fields(data):
        if not isinstance(value, memoryview):
            node.rest += whole
        elif number == INPUTS:
            node.inputs.append(str(value, "utf-8"))
        elif number == OUTPUTS:
            node.outputs.append(str(value, "utf-8"))
        elif number == OPERATION:
            node.operation = str(value, "utf-8")
        elif number != NODE_NAME:  # optional, and it would no longer be unique in copies
            node.rest += whole
    return node


def _node_bytes(node: Node) -> bytes:
    named = [(INPUTS, node.inputs), (OUTPUTS, node.outputs), (OPERATION, [node.operation])]
    return b"".join(_bytes(number, name.encode()) for number, names in named for name in names) + node.rest


def _text_field(data: memoryview, wanted: int) -> str:
    return next(
        (str(v, "utf-8") for number, v, _ in _fields(data) if number == wanted and isinstance(v, memoryview)), ""
    )


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview, memoryview]]:
    """Yield number, value and all bytes of each field of a message."""
    place = 0
    while place < len(data):
        start = place
        key, place = _varint(data, place)
        value: int | memoryview
        if key & 7 == VARINT:
            value, place = _varint(data, place)
        else:
            if key & 7 == BYTES:
                size, place = _varint(data, place)
            else:
                size = {FIXED64: 8, FIXED32: 4}[key & 7]
            value, place = data[place : place + size], place + size
        yield key >> 3, value, data[start:place]


def _varint(data: Sequence[int], place: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[place]
        place += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, place


def _packed(data: memoryview) -> list[int]:
    numbers, place = [], 0
    while place < len(data):
        number, place = _varint(data, place)
        numbers.append(number)
    return numbers


def _to_varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _number(field_number: int, value: int) -> bytes:
    return _to_varint(field_number << 3 | VARINT) + _to_varint(value)


def _bytes(field_number: int, value: bytes | memoryview) -> bytes:
    return b"".join([_to_varint(field_number << 3 | BYTES), _to_varint(len(value)), value])
