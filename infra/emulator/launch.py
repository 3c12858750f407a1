"""Starts MiniStack with stand-ins for the resource types that its CloudFormation does not know.

CloudFormation refuses a template with one type that it does not know. The stacks are written for AWS, so what the emulator lacks is
added here, and never taken out of them. RAPPORT_EMULATOR names a directory: `stand-ins.json` in it lists what may be stood in for,
as a list of {"type", "property"?}; `types.json` is written there, with the types that the emulator itself provisions.
"""

import json
import os
import pathlib
import signal
import threading
import time

from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

directory = pathlib.Path(os.environ["RAPPORT_EMULATOR"])
handlers = provisioners._RESOURCE_HANDLERS


def answer_of(response):
    status, _headers, body = response
    document = json.loads(body)
    if status >= 400:
        raise ValueError(document.get("message") or document.get("Message") or str(document))
    return document


def archive_request(props):
    pattern = props.get("EventPattern", "")
    return {
        "ArchiveName": props["ArchiveName"],
        "EventSourceArn": props["SourceArn"],
        "Description": props.get("Description", ""),
        "EventPattern": json.dumps(pattern) if isinstance(pattern, dict) else pattern,
        "RetentionDays": int(props.get("RetentionDays", 0)),
    }


def create_archive(logical_id, props, stack_name):
    answer = answer_of(eventbridge._create_archive(archive_request(props)))
    return props["ArchiveName"], {"Arn": answer["ArchiveArn"], "ArchiveName": props["ArchiveName"]}


def update_archive(physical_id, old_props, new_props, stack_name):
    answer = answer_of(eventbridge._update_archive(archive_request(new_props)))
    return physical_id, {"Arn": answer["ArchiveArn"], "ArchiveName": physical_id}


def delete_archive(physical_id, props):
    eventbridge._delete_archive({"ArchiveName": physical_id})


def create_nothing(logical_id, props, stack_name):
    name = f"{stack_name}-{logical_id}"
    return name, {"Arn": f"arn:aws:rapport:::{name}"}


def update_nothing(physical_id, old_props, new_props, stack_name):
    return physical_id, {"Arn": f"arn:aws:rapport:::{physical_id}"}


def delete_nothing(physical_id, props):
    return None


# The emulator keeps archives and replays from them; only its CloudFormation does not know that.
own_interfaces = {
    "AWS::Events::Archive": {"create": create_archive, "update": update_archive, "delete": delete_archive},
}
nothing = {"create": create_nothing, "update": update_nothing, "delete": delete_nothing}


def standing_in_for(type_name, property_name):
    """The handlers of a type that provision nothing for resources with this property, and are the emulator's own for the rest."""
    own = handlers[type_name]

    def create(logical_id, props, stack_name):
        stood_in = property_name in props
        return (create_nothing if stood_in else own["create"])(logical_id, props, stack_name)

    def update(physical_id, old_props, new_props, stack_name, logical_id=None):
        if property_name in new_props:
            return physical_id, {"Arn": f"arn:aws:rapport:::{physical_id}"}
        extra = {"logical_id": logical_id} if own.get("update_with_logical_id") else {}
        return own["update"](physical_id, old_props, new_props, stack_name, **extra)

    def delete(physical_id, props):
        return None if property_name in props else own["delete"](physical_id, props)

    return {**own, "create": create, "update": update, "delete": delete}


(directory / "types.json").write_text(json.dumps(sorted(handlers)))
for stand_in in json.loads((directory / "stand-ins.json").read_text()):
    name = stand_in["type"]
    if "property" in stand_in:
        handlers[name] = standing_in_for(name, stand_in["property"])
    elif name not in handlers:
        handlers[name] = own_interfaces.get(name, nothing)


def end_with(parent):
    """Nobody stops an emulator whose starter was killed, so it looks for itself."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if os.getpgrp() == os.getpid():
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()

from ministack.app import main  # noqa: E402  The handlers have to be in place before it serves.

main()
