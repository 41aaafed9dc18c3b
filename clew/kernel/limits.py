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
# Starting the jail: importing the decoders from a cold disk takes a few seconds.
JAIL_START_SECONDS_MAX = 60
# What a cell may tell beside a picture: hashes of frames, stills of them, the pictures inside a document.
JAIL_PARTS_BYTES_MAX = 256 * MIB
# Kinds of signatures that one cell makes; stills of one film; pictures inside one document, of which a scanned book has hundreds.
JAIL_BLOBS_MAX = 16
STILLS_MAX = 64
EMBEDDED_MAX = 1000
# Files open in one jail at once: each may take JAIL_MEMORY_BYTES_MAX.
JAIL_FILES_AT_ONCE_MAX = 4
# What one file may tell of itself: more facts, or longer ones, are not for an officer to read.
METADATA_FACTS_MAX = 64
METADATA_TEXT_LETTERS_MAX = 200
# Originals of this size are videos; larger ones are disk images, which belong into a forensic tool first.
ORIGINAL_SIZE_BYTES_MAX = 4096 * MIB
# What a picture decoder is handed whole, in memory.
PICTURE_SIZE_BYTES_MAX = 256 * MIB
# Archives: what comes out in all, per member ratio, and number of members. A folder of pictures compresses 1:1.2 at most.
ARCHIVE_UNPACKED_BYTES_MAX = 64 * 1024 * MIB
ARCHIVE_RATIO_MAX = 200
ARCHIVE_MEMBERS_MAX = 1_000_000
# Below this size a member is taken at any ratio: a plain drawing of a few kilobytes compresses a thousandfold.
ARCHIVE_RATIO_FLOOR_BYTES = 4 * MIB
# Two PDQ hashes at this distance or nearer are near-duplicates (ThreatExchange's own threshold).
PDQ_DISTANCE_MAX = 31
# Below this quality a PDQ hash says little: such pictures are matched by their digests alone.
PDQ_QUALITY_MIN = 50
# Keypoints of one picture, also of the widest look: comparing two pictures costs as their product.
SCENE_KEYPOINTS_MAX = 2048
# Looks at as many hashes take 0.02 ms for each question; beyond, a new segment is built, which takes seconds.
INDEX_DELTA_ROWS_MAX = 20_000
# Signatures asked about in one call.
MATCH_SIGNATURES_MAX = 10_000
# A signature that so many contents of so many submissions met within a day is set aside until somebody has looked at it. MISP parks
# an attribute at 20 matches, its guide names 100; a picture in wide circulation is met by its copies, most of which are the same bytes.
OVER_MATCHING_CONTENTS_MAX, OVER_MATCHING_SUBMISSIONS_MIN = 100, 3
# Frames of one film that are hashed: two hours at one a second.
FILM_FRAMES_HASHED_MAX = 7200
# Key frames decoded of a long one: at 1080 lines each took 18 ms with its hashes (measured), so that all fit into a cell's time.
FILM_KEY_FRAMES_MAX = 500
# Megapixels of a film that are decoded whole; of a longer film the key frames are. A plain scene took a second for 950 of them
# (measured, H.264, one frame a second hashed); a busy one takes several times as long.
FILM_MEGAPIXELS_DECODED_MAX = 2500
# Thumbnails: 320 px shows a face-sized detail without becoming a second original.
THUMBNAIL_SIDE_PIXELS_MAX = 320
# A rendition shown on the media page.
PREVIEW_SIDE_PIXELS_MAX = 1280
# Files handled in one transaction: small enough to repeat cheaply after a crash, large enough to share one fsync.
INTAKE_BATCH_FILES_MAX = 16
# Hashes of a list in one transaction: they need no opening, and share a dozen questions to the database.
INTAKE_BATCH_HASHES_MAX = 512
# Files up to this size travel together from the browser and share their fsyncs; larger ones are streamed, one to a request.
UPLOAD_WHOLE_BYTES_MAX = 8 * MIB
# What one request may hold in memory, times the requests served at once, must fit beside everything else.
UPLOAD_BATCH_BYTES_MAX = 32 * MIB
# Enough small files to share an fsync; few enough to send again after a lost connection.
UPLOAD_BATCH_FILES_MAX = 64

assert 3 * FRAME_PIXELS_MAX * 3 <= JAIL_MEMORY_BYTES_MAX
assert PICTURE_SIZE_BYTES_MAX <= ORIGINAL_SIZE_BYTES_MAX
assert JAIL_CPU_SECONDS_MAX < JAIL_WALL_SECONDS_MAX
assert UPLOAD_WHOLE_BYTES_MAX <= UPLOAD_BATCH_BYTES_MAX <= PICTURE_SIZE_BYTES_MAX
