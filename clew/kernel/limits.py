"""Every limit in one place, each with its reason, and the relations between them asserted."""

from __future__ import annotations

MIB = 1024 * 1024

# A 100-megapixel frame decodes to 300 MB of RGB; larger pictures are panoramas and scans, rare in seizures, and bombs.
FRAME_PIXELS_MAX = 100_000_000
# One frame as RGB, the same frame in its own mode, and the codec's tables.
JAIL_MEMORY_BYTES_MAX = 1536 * MIB
# Processor seconds for one file; a 100-megapixel JPEG takes about 2.
JAIL_CPU_SECONDS_MAX = 20
# Wall-clock seconds for one file: processor seconds plus waiting on a busy machine.
JAIL_WALL_SECONDS_MAX = 40
# Originals of this size are videos; larger ones are disk images, which belong into a forensic tool first.
ORIGINAL_SIZE_BYTES_MAX = 4096 * MIB
# What a picture decoder is handed whole, in memory.
PICTURE_SIZE_BYTES_MAX = 256 * MIB
# Archives: what comes out in all, per member ratio, and number of members. A folder of pictures compresses 1:1.2 at most.
ARCHIVE_UNPACKED_BYTES_MAX = 64 * 1024 * MIB
ARCHIVE_RATIO_MAX = 200
ARCHIVE_MEMBERS_MAX = 1_000_000
# Two PDQ hashes at this distance or nearer are near-duplicates (ThreatExchange's own threshold).
PDQ_DISTANCE_MAX = 31
# Below this quality a PDQ hash says little: such pictures are matched by their digests alone.
PDQ_QUALITY_MIN = 50
# Thumbnails: 320 px shows a face-sized detail without becoming a second original.
THUMBNAIL_SIDE_PIXELS_MAX = 320
# A rendition shown on the media page.
PREVIEW_SIDE_PIXELS_MAX = 1280
# Files handled in one transaction: small enough to repeat cheaply after a crash, large enough to share one fsync.
INTAKE_BATCH_FILES_MAX = 16

assert 3 * FRAME_PIXELS_MAX * 3 <= JAIL_MEMORY_BYTES_MAX
assert PICTURE_SIZE_BYTES_MAX <= ORIGINAL_SIZE_BYTES_MAX
assert JAIL_CPU_SECONDS_MAX < JAIL_WALL_SECONDS_MAX
