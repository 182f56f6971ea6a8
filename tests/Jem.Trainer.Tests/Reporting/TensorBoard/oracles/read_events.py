"""Prints what an event file says, as JSON: an independent reader of TensorBoard's format, with nothing but Python.

python3 read_events.py FILE...

Checks the frame of every record (lengths and masked CRC-32C) and takes the protocol buffers apart by their wire format. The scalars of
all files are put together as TensorBoard does it: a second or later SessionLog.START drops what has its step or a later one
(plugin_event_accumulator.py, _CheckForRestartAndMaybePurge).
"""
import json
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(path):
    data = open(path, "rb").read()
    at = 0
    while at < len(data):
        length, length_crc = struct.unpack_from("<QI", data, at)
        assert masked_crc(data[at:at + 8]) == length_crc, f"{path}: the length at {at} does not have its checksum"
        record = data[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked_crc(record), f"{path}: the record at {at} does not have its checksum"
        yield record
        at += length + 16


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        elif kind == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        else:
            assert kind == 2, f"wire type {kind}"
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        yield key >> 3, value


versions, times, scalars, started = [], [], {}, False
for path in sys.argv[1:]:
    for record in records(path):
        event = dict(fields(record))
        times.append(event[1])
        step = event.get(2, 0)
        if 3 in event:
            versions.append(event[3].decode())
        if 7 in event and dict(fields(event[7])).get(1) == 1:
            if started:
                scalars = {tag: [point for point in points if point[0] < step] for tag, points in scalars.items()}
            started = True
        for number, value in fields(event.get(5, b"")):
            assert number == 1
            value = dict(fields(value))
            tag = value[1].decode()
            if 2 in value:
                scalars.setdefault(tag, []).append([step, value[2]])
json.dump({"versions": versions, "first_time": min(times), "last_time": max(times), "scalars": scalars}, sys.stdout)
