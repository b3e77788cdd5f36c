"""Prints which training examples steer each step, as the results arrive.

    python cairn_subscriber.py --bootstrap localhost:9092
"""

import argparse
from typing import Iterator

from confluent_kafka import Consumer, KafkaException
from google.protobuf import json_format

from cairn.v1 import attribution_pb2, features_pb2


def attributions(consumer: Consumer) -> Iterator[attribution_pb2.Attribution]:
    """Results for ever, each once: one that is replayed after a failure has the same id."""
    seen: dict[str, None] = {}
    while True:
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error():
            raise KafkaException(record.error())
        headers = {name: value.decode() for name, value in record.headers() or []}
        result = attribution_pb2.Attribution()
        if headers.get("content-type", "").startswith("application/json"):
            json_format.Parse(record.value(), result, ignore_unknown_fields=True)
        else:
            result.ParseFromString(record.value())
        if result.result_id in seen:
            continue
        seen[result.result_id] = None
        if len(seen) > 10_000:
            del seen[next(iter(seen))]
        yield result


def named(examples) -> str:
    return ", ".join(
        f"{e.label + ' ' if e.label else ''}#{e.example_id} {e.score:+.3g}" for e in examples[:3]
    )


def line(result: attribution_pb2.Attribution) -> str:
    final = result.subject == features_pb2.FINAL_IMAGE
    place = "final image" if final else f"step {result.step + 1} of {result.step_count}"
    return (
        f"{result.generation_id}  {place}  towards: {named(result.top_positive)}"
        f"  away: {named(result.top_negative)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstrap", required=True, help="Kafka's bootstrap servers")
    parser.add_argument("--topic", default="cairn.attributions")
    parser.add_argument("--group", default="cairn-example-subscriber")
    parser.add_argument("--count", type=int, help="stop after so many results")
    arguments = parser.parse_args()
    consumer = Consumer(
        {
            "bootstrap.servers": arguments.bootstrap,
            "group.id": arguments.group,
            "auto.offset.reset": "earliest",
            # Of what a transaction was aborted with, nothing is shown.
            "isolation.level": "read_committed",
        }
    )
    consumer.subscribe([arguments.topic])
    try:
        for number, result in enumerate(attributions(consumer), start=1):
            print(line(result), flush=True)
            if number == arguments.count:
                break
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
