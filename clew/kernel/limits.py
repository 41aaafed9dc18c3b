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
# The same for a picture or a sound. Beside it lie its pixels in shared memory (300 MB) and the decoders themselves (70 MB): 1.1 GiB at the
# very most. A progressive JPEG of 100 megapixels in full colour took 950 MiB in all (measured), PNG and GIF less. Some decoders take more
# for a pixel: WebP of 50 and AVIF of 64 megapixels still open, WebP of 55 and JPEG 2000 of 50 do not (measured).
JAIL_PICTURE_MEMORY_BYTES_MAX = 768 * MIB
JAIL_PICTURE_CPU_SECONDS_MAX = 10
# Twice as long by the clock: on a busy machine a PNG of 100 megapixels took 2.7 s of computing and 10.2 (measured).
JAIL_PICTURE_WALL_SECONDS_MAX = 20
# Starting the jail: importing the decoders from a cold disk takes a few seconds.
JAIL_START_SECONDS_MAX = 60
# What a cell may tell beside a picture: hashes of frames, stills of them, the pictures inside a document.
JAIL_PARTS_BYTES_MAX = 256 * MIB
# Kinds of signatures that one cell makes; stills of one film; pictures inside one document, of which a scanned book has hundreds.
JAIL_BLOBS_MAX = 16
STILLS_MAX = 64
EMBEDDED_MAX = 1000
# Directories, entries of each, and previews of a camera's raw file; real ones have ten, three hundred and four.
RAW_DIRECTORIES_MAX, RAW_ENTRIES_MAX, RAW_PREVIEWS_MAX = 64, 1024, 64
# Looking through a document may take this share of its processor time; then what was found is told.
EMBEDDED_CPU_SHARE = 0.7
# A document in a document is opened too, what lies in that one not.
EMBEDDED_DEPTH_MAX = 2
# What comes out of the documents in one document, together: without it a megabyte sent could make a thousand documents of a thousand
# files each, and 256 GB. A real folder of mails in one document has hundreds.
EMBEDDED_TOGETHER_MAX, EMBEDDED_TOGETHER_BYTES_MAX = 5000, 2048 * MIB
# Parts of a document that are looked at, pages of one, and forms in forms of a page.
DOCUMENT_MEMBERS_MAX, DOCUMENT_PAGES_MAX, PDF_FORMS_DEPTH_MAX = 20_000, 5_000, 8
# XML in which a file describes itself: real ones have a few kilobytes, those of edited pictures sometimes hundreds.
XML_SIZE_BYTES_MAX = MIB
# A colour profile that is read; those of printers have a megabyte or two.
ICC_PROFILE_BYTES_MAX = 4 * MIB
# Segments of a JPEG, chunks of a PNG; a progressive picture has a dozen scans, a PNG written in small pieces thousands.
JPEG_SEGMENTS_MAX = 100_000
# Files open in one jail at once: each may take JAIL_MEMORY_BYTES_MAX.
JAIL_FILES_AT_ONCE_MAX = 4
# What one file may tell of itself: more facts, or longer ones, are not for an officer to read.
METADATA_FACTS_MAX = 256
METADATA_TEXT_LETTERS_MAX = 200
# Originals of this size are videos; larger ones are disk images, which belong into a forensic tool first.
ORIGINAL_SIZE_BYTES_MAX = 4096 * MIB
# What a picture decoder is handed whole, in memory.
PICTURE_SIZE_BYTES_MAX = 256 * MIB
# What must be free where an installation lives: one original of the largest size, and an index built beside the old one.
HOME_FREE_BYTES_MIN = 5 * 1024 * MIB
# Archives: what comes out in all, per member ratio, and number of members. A folder of pictures compresses 1:1.2 at most.
ARCHIVE_UNPACKED_BYTES_MAX = 64 * 1024 * MIB
ARCHIVE_RATIO_MAX = 200
ARCHIVE_MEMBERS_MAX = 1_000_000
# Below this size a member is taken at any ratio: a plain drawing of a few kilobytes compresses a thousandfold.
ARCHIVE_RATIO_FLOOR_BYTES = 4 * MIB
# Two PDQ hashes at this distance or nearer are near-duplicates (ThreatExchange's own threshold).
PDQ_DISTANCE_MAX = 31
# Nearer than this to the medoid of a stack a picture is proposed what was decided of the medoid. Fewer bits than matching allows, since nobody looks again:
# of 13,583 contents of the demo world all but one pair of copies that matching finds lie within 20, and the nearest strangers, two contact sheets that
# are alike but for a quarter, 28 apart; of 700 further views, each also so changed, none lie within 37 (measured).
STACK_DISTANCE_MAX = 20
# Contents of one organisation that are stacked together: their pairs, some hundred bytes each, are in memory at once.
STACK_CONTENTS_AT_ONCE = 50_000
# A stack stays in the hands of an officer who went away for so long; looking at one takes seconds, a break a quarter of an hour.
STACK_LEASE_MINUTES = 20
# Why two contents are kept apart: a sentence or two.
APART_REASON_CHARACTERS_MAX = 500
# Below this quality a PDQ hash says little: such pictures are matched by their digests alone.
PDQ_QUALITY_MIN = 50
# Pixels of one picture that are summed in the reference's own order where rounding decides its hash, all orientations together: noise as large
# as a frame may be would else be summed, and turned before, eight times. A picture of an eighth of it has all eight.
PDQ_EXACT_PIXELS_MAX = FRAME_PIXELS_MAX
# Keypoints of one picture, also of the widest look: comparing two pictures costs as their product.
SCENE_KEYPOINTS_MAX = 2048
# Looks at as many hashes take 0.02 ms for each question; beyond, a new segment is built, which takes seconds.
INDEX_DELTA_ROWS_MAX = 20_000
# Imprints held beside a segment: each is some kilobytes in memory and slower to search than one in a segment.
IMPRINT_DELTA_ROWS_MAX = 5_000
# Of what an index proposes to one question: how many are compared in full that come to nothing, before the rest is given up; and how many there
# may be, which is what a segment of scenes itself weighs. What is found does not count: a thousand copies that somebody keeps silent must not
# take the place of one that is shared.
IMPRINT_MISSES_MAX, IMPRINT_PROPOSED_MAX = 50, 1000
# The same at the closer look, which no verdict waits for: what has few votes may lie further down.
IMPRINT_MISSES_CLOSER_MAX = 200
# Contents found for one question that every audience has a place for: as many as an answer shows. A logo may be in thousands.
IMPRINT_AUDIENCE_CONTENTS_MAX = 50
# An index of imprints proposes candidates; it is measured, by rows it must find again from a changed quarter of them, and refused below this.
IMPRINT_RECALL_MIN = 0.9
# Signatures asked about in one call.
MATCH_SIGNATURES_MAX = 10_000
# A signature that so many contents of so many submissions met within a day is set aside until somebody has looked at it. MISP parks
# an attribute at 20 matches, its guide names 100; a picture in wide circulation is met by its copies, most of which are the same bytes.
OVER_MATCHING_CONTENTS_MAX, OVER_MATCHING_SUBMISSIONS_MIN = 100, 3
# Frames of one film that are hashed: two hours at one a second, and as many key frames between; of a longer film they lie further apart.
FILM_FRAMES_HASHED_MAX = 14_400
# Of a film up to this length further frames are hashed between those, about four to a second in all, to ask with: a copy that is out of step or
# shown at another speed lies between the held ones. They are not kept; so many frames are asked with at most.
FILM_SECONDS_ASKED_CLOSELY_MAX = 3600
FILM_FRAMES_ASKED_MAX = 6 * FILM_SECONDS_ASKED_CLOSELY_MAX
# Frames of films in one call of the API: each takes some 215 bytes, and a server takes 2.5 MB.
FILM_FRAMES_IN_A_CALL_MAX = 7200
# Key frames decoded of a long one: at 1080 lines each took 11 to 13 ms with its hashes (measured), so that all fit into what is left of a cell's
# time at the end, also where each has four times the pixels.
FILM_KEY_FRAMES_MAX = 1500
# Middle of a picture whose sensor noise is kept: 33 kB for each. Twice the side would find more and cost four times as much.
SENSOR_SIDE_PIXELS_MAX = 1024
# Sensor prints proposed to one picture by their signs and compared in full, the likest first: each takes as long as decoding 0.8 megapixels (measured).
SENSOR_CANDIDATES_MAX = 20
# Prints of one frame that are compared each with each: 100,000 take seven hours on one core, calculated from 1.2 microseconds a print (measured).
SENSOR_PRINTS_COMPARED_MAX = 100_000
# Pictures joined into one camera's fingerprint: beyond, each adds less than a fiftieth.
SENSOR_FINGERPRINT_PICTURES_MAX = 50
# Segments of a JPEG that its trace looks at: those before the first scan, of which cameras write at most some dozens.
TRACE_SEGMENTS_MAX = 400
# Sound of one file that is printed: twice as long as its frames are hashed; the print of four hours is half a megabyte.
SOUND_SECONDS_MAX = 4 * 3600
# Items of a sound print: eight for each second, and a few.
SOUND_ITEMS_MAX = 9 * SOUND_SECONDS_MAX
# Bits that change in the sixteen steps around an item of a sound print, of 512. Measured: of 45 minutes of music 5 % lie below, of speech less than
# one; of white noise, hum, tones, waves and silence all. Deeper noise passes, and is told apart by the limits below.
SOUND_TELLING_BITS_MIN = 46
# Share of bits that may differ, by the number of items in a row: 16 are what a clip of 4.6 seconds has, 56 one of 9.6. The least that two of 72
# made sounds, or two minutes of noise as of wind, differed by at these lengths: 0.145, 0.19, 0.22, 0.27 (measured). A copy in another encoding
# differs by 0.00 to 0.07, one heard in another tuning by 0.12, one over a telephone by 0.14.
SOUND_ERROR_MAX_BY_ITEMS = {16: 0.11, 32: 0.17, 56: 0.20, 128: 0.21}
# Pairs of items that are compared one by one, for one pair of sounds: 0.3 seconds; beyond, where equal items say.
SOUND_CELLS_MAX = 30_000_000
# Places of one item of a sound that are looked at; a jingle is in more files than these, and is found in the first of them.
SOUND_POSTINGS_MAX = 1000
# Items of a question, half a minute, up to which items with two bits flipped are looked up: 529 for each.
SOUND_ITEMS_ASKED_WIDELY_MAX = 240
# Items that must agree before two sounds are compared: single ones meet by chance.
SOUND_VOTES_MIN = 2
# Pieces told of one pair of sounds, the weightiest first.
SOUND_PIECES_MAX = 50
# Processor seconds for one film. An hour of H.264 took 33 at 480 lines and a megabit a second, 65 at 720 and two, 123 at 1080 and 2.2 (measured, four
# frames a second hashed). Higher rates of bits take longer.
FILM_CPU_SECONDS_MAX = 600
FILM_WALL_SECONDS_MAX = 1200
# Of them so much goes into every second of a film, and so much in all: what is left by then is looked at by its key frames.
FILM_WHOLE_SHARE, FILM_FRAMES_SHARE = 0.7, 0.85
# Megapixels of a film, in all its frames, beyond which only key frames are looked at: at the rates above it could not be finished.
FILM_MEGAPIXELS_DECODED_MAX = 500_000
# A film is held in memory twice while it is open.
FILM_SIZE_BYTES_MAX = 1024 * MIB
# Stills of a film's scenes that are shown together: four rows of six.
STRIP_STILLS_MAX = 24
STRIP_SIDE_PIXELS_MAX = 256
# A known video, or the one asked about, counts as found whole at this share of its frames: what vPDQ's documentation and
# ThreatExchange's extension ask for by default, each of its own side.
FILM_SHARE_HELD_MIN, FILM_SHARE_ASKED_MIN = 0.8, 0.8
# Frames of an animation that are decoded, and their megapixels together: a minute of a stamp-sized one, some seconds of a large one.
ANIMATION_FRAMES_MAX, ANIMATION_MEGAPIXELS_MAX = 3000, 1000
# Thumbnails: 256 px shows a face-sized detail without becoming a second original.
THUMBNAIL_SIDE_PIXELS_MAX = 256
# A rendition shown on the media page.
PREVIEW_SIDE_PIXELS_MAX = 1024
# A crop that goes to specialists: the longer side of a preview. More detail than that is asked of who owns the picture.
CROP_SIDE_PIXELS_MAX = 1024
# Corners of one outline, which are compared edge by edge (256: 32,000 pairs), how far from the picture they may lie, and masks in one crop.
CROP_CORNERS_MAX, CROP_PLACE_PIXELS_MAX, CROP_MASKS_MAX = 256, 1_000_000, 64
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
# A request for a grave act waits a week for its second person, and a grant a day to be carried out: a forgotten grant is an open door.
APPROVAL_WAITING_DAYS_MAX, APPROVAL_GRANTED_HOURS_MAX = 7, 24
# A broken glass closes after an hour; unreviewed for a day it locks the glass for its officer's whole organisation.
GLASS_MINUTES_MAX, GLASS_UNREVIEWED_HOURS_MAX = 60, 24
# Before a grave act an officer proves anew that it is they, if they did not within the last minutes.
FRESH_SIGN_IN_SECONDS_MAX = 300
# Objects of the vault deleted in one transaction, in which nothing is catalogued: a second or two in a bucket.
PURGE_BLOBS_AT_ONCE = 50
# Tombstones written at once.
PURGE_ROWS_AT_ONCE = 5000
# Steps by which a picture becomes clearer. An outline of 160 px tells a room from a face, and a text from a picture; lines on white keep no skin,
# no colour and no brightness. Reduced detail of 28 px keeps masses: where a person stands, not who or how.
OUTLINE_SIDE_PIXELS_MAX, REDUCED_SIDE_PIXELS_MAX = 160, 28
# A cell that makes steps: 120 outlines are 3 megapixels, the largest sheet of scenes in colour 1.6; the canvas counts three bytes a pixel.
STEPS_CELL_PIXELS_MAX = 4_000_000
STEPS_CELL_MEMORY_BYTES_MAX = 256 * MIB
# 120 outlines take some tenths of a second of computing; on a busy machine longer by the clock.
STEPS_CELL_CPU_SECONDS_MAX, STEPS_CELL_WALL_SECONDS_MAX = 5, 10.0
# A name, a number and a time.
WATERMARK_CHARACTERS_MAX = 80
# A clearer step rests on the one before it, taken by the same officer within five minutes: as long as somebody may think over one picture.
LOOK_STEP_SECONDS_MAX = 5 * 60
# Outlines of one call: a screen of thumbnails and the rows around it.
OUTLINES_AT_ONCE_MAX = 120
# Outlines an officer may be shown in an hour: edges alone, by which nobody is recognised, but of everything they scroll over.
OUTLINES_AN_HOUR_MAX = 6_000
# A reason for colour is a few words: which sign in the picture needs it.
LOOK_REASON_CHARACTERS_MIN, LOOK_REASON_CHARACTERS_MAX = 10, 200
# A picture hides itself: by default after half a minute, and never later than five.
LOOK_HIDDEN_AFTER_SECONDS_DEFAULT, LOOK_HIDDEN_AFTER_SECONDS_MIN, LOOK_HIDDEN_AFTER_SECONDS_MAX = 30, 3, 300
# Exposure is counted in points: seconds x part of the screen x weight, 1 for harmless to 5 for the gravest, 3 where nobody knows. A day's default
# is what one sees in some seventy minutes of unknown pictures that fill half the screen; practice limits the desk to five hours a day, of which
# most is not looking. A choice, to be changed within these bounds, and not a measured threshold: none is known.
EXPOSURE_DAY_POINTS_DEFAULT, EXPOSURE_DAY_POINTS_MIN, EXPOSURE_DAY_POINTS_MAX = 6_000, 500, 18_000
# Four such days: one of five is for other work.
EXPOSURE_WEEK_POINTS_DEFAULT, EXPOSURE_WEEK_POINTS_MIN, EXPOSURE_WEEK_POINTS_MAX = 24_000, 1_000, 90_000
EXPOSURE_WARNING_SHARE = 0.8
# Pages report every five seconds; a report counts no more than fifteen of any picture, so that a page that slept reports no night.
BEAT_SECONDS_MAX, BEAT_PICTURES_MAX = 15, 120
# A look counts for a second even where the page reports nothing, of as much of the screen as its rendition usually takes.
LOOK_SECONDS_MIN, LOOK_SHARE_THUMBNAIL, LOOK_SHARE_PREVIEW = 1.0, 0.05, 0.5
# A picture is reported for a quarter of an hour after its last look: it hides itself after five minutes at the latest, and is then looked at anew.
SHOWN_SECONDS_MAX = 15 * 60
# Hourly breaks are practice among analysts; nobody is to go on for more than ninety minutes.
BREAK_AFTER_MINUTES_DEFAULT, BREAK_AFTER_MINUTES_MIN, BREAK_AFTER_MINUTES_MAX = 60, 20, 90
BREAK_MINUTES_DEFAULT, BREAK_MINUTES_MIN, BREAK_MINUTES_MAX = 10, 5, 60
# Nothing grave before one goes home.
STOP_MINUTES_DEFAULT, STOP_MINUTES_MIN, STOP_MINUTES_MAX = 60, 15, 240
# A shift that ends in more than twelve hours is a mistake.
SHIFT_MINUTES_MAX = 12 * 60
# Sums are shown over five officers at least: of fewer, one who knows their own numbers could work out another's.
EXPOSURE_OFFICERS_MIN = 5
# How long it stays known that an object was deleted: the longest that somebody may be sending a file that seemed to be there already.
PURGE_BLOBS_KNOWN_HOURS = 48
# What one officer may look at in an hour before somebody asks why: a person decides on a picture in some ten to twenty seconds, a script in none.
PICTURES_AN_HOUR_MAX, RECORDS_AN_HOUR_MAX = 200, 1_000
# How far an administrator may raise it for a day: a large seizure of one's own is looked through by several.
BUDGET_RAISE_FACTOR_MAX = 5
# Entries of one spot check: as many as somebody reads with care in an hour.
SPOT_CHECK_ENTRIES_MAX = 50
# Bad tries under one name within so many minutes, after which it is locked (NIST 800-53, AC-7; CJIS 5.5.3 asks for the same).
SIGN_IN_TRIES_MAX, SIGN_IN_TRIES_MINUTES = 5, 15
# A screen left alone locks after this long at the most (AC-11), and after a day's work everybody signs in again.
IDLE_MINUTES_DEFAULT, IDLE_MINUTES_MAX = 15, 30
SESSION_HOURS_MAX = 12
# How often it is written down that somebody is still at work: a page of pictures asks a hundred times in a few seconds.
SESSION_SEEN_SECONDS = 10
# Ids of a search's result that lie together: 32 KB, of which a screen needs one or two.
RESULT_CHUNK_IDS = 2_000
# Collected before the page is shown: some fifty screens, of which row-level security looks at each in 7 microseconds (measured).
RESULT_FIRST_IDS = 4_000
# Collected at once after that, and for how long a request goes on: a server answers a few requests at once, and others wait meanwhile.
RESULT_STEP_IDS, RESULT_COLLECTING_SECONDS_MAX = 20_000, 0.4
# More than the largest seizure and its country's holdings; 80 MB of ids for one search.
RESULT_MEDIA_MAX = 5_000_000
# A result lives as long as the longest session, so that a place in it is found again all day; and an officer has so many, the newest ones.
RESULT_HOURS_MAX, RESULTS_KEPT_MAX = SESSION_HOURS_MAX, 20
# Tiles whose facts are asked for at once: a screen of a large display has some hundred.
RESULT_TILES_MAX = 200
# Places where a content was seen are counted so far for a tile: some are in tens of thousands, and nobody tells those apart there.
TILE_PLACES_COUNTED_MAX = 99
# Media side by side: on a wide display four are still large enough to compare.
COMPARED_MEDIA_MAX = 4
# From the password to the first factor beside it; long enough to install an app.
FIRST_FACTOR_SECONDS_MAX = 15 * 60
# A reason others can judge is a sentence, not a word.
GRAVE_REASON_CHARACTERS_MIN, GRAVE_REASON_CHARACTERS_MAX = 20, 500
# An owner who is asked for access has so long to answer; a child may be in danger, and a week leaves room for one who is away.
ACCESS_ANSWER_DAYS = 7
# Longer words belong into a letter; these are read by somebody who must decide.
ACCESS_WORDS_CHARACTERS_MAX = 2000
# A key lives a year at most, so that each is asked for again by somebody who still knows what it is for; a quarter unless more is asked for.
KEY_DAYS_MAX, KEY_DAYS_DEFAULT = 365, 90
# Calls of one key in an hour: a unit's whole workstation sends some thousands; a loop gone wild a million. More must be asked for.
KEY_CALLS_PER_HOUR_DEFAULT, KEY_CALLS_PER_HOUR_MAX = 20_000, 1_000_000
# An enrolment secret is handed over by word or letter, over a weekend at most.
ENROLMENT_HOURS_MAX = 72
# Rights are confirmed each year; whoever is not confirmed within a month is disabled, and that is said a week before.
RECERTIFICATION_DAYS, RECERTIFICATION_ANSWER_DAYS, RECERTIFICATION_WARNING_DAYS = 365, 30, 7
# A certification names the day on which its holder is examined again; specialists are examined every other year, and no later than in five.
CERTIFICATION_DAYS_MAX = 5 * 365
# While files come in, every so many seconds is asked whether their officer may still send them.
STANDING_SECONDS_MAX = 0.5
# One act at the desk: a stack of copies from a large seizure has some thousands; each is a row, written in about a second.
DECISION_MEDIA_MAX = 5_000
# Near copies of a stack that are shown as tiles: three rows of a wide screen. The others of a large stack look like these; its page says how many.
DESK_MEMBERS_SHOWN_MAX = 48
# An officer's acts that are looked through for what is undone next, and where they were: an hour's work at the speed of a fast hand.
DESK_ACTS_MAX = 500
# One key takes back what was decided in this shift; what lies back longer is changed with open eyes.
DESK_UNDO_HOURS_MAX = SESSION_HOURS_MAX
# Cases whose progress is shown, each counted on its own: as many as an officer has open at once.
DESK_CASES_SHOWN_MAX = 20
# Stacks that others decided are counted so far: beyond that the number says nothing more to whoever has them before them.
DESK_OFFERS_COUNTED_MAX = 1_000
# A note beside a decision is a sentence or two; more belongs into the case file.
DECISION_NOTE_CHARACTERS_MAX = 500
# A taxonomy of the kind the hotlines use has some hundreds of labels; ten times that is still read in a moment and kept in one row.
TAXONOMY_LABELS_MAX = 5_000
TAXONOMY_BYTES_MAX = 4 * 1024 * 1024
assert TAXONOMY_LABELS_MAX * 500 <= TAXONOMY_BYTES_MAX
# What is typed into a field of a search: some words; and the name of one that is kept.
SEARCH_TEXT_CHARACTERS_MAX, SEARCH_NAME_CHARACTERS_MAX = 200, 80
# Contents that one rare word names: so many ids are handed on as a list; of more frequent words the newest contents are looked through instead.
SEARCH_RARE_IDS_MAX = 2_000
# A search that takes longer is ended and says what to narrow: it would hold a connection, and an officer waits no longer.
SEARCH_SECONDS_MAX = 15
# Things whose words are made in one transaction.
SEARCH_WORDS_AT_ONCE = 1_000
# Steps of an officer's way through their searches that are kept: some weeks of work.
SEARCH_STEPS_MAX = 500
# What was like something is asked anew after so long: by then the answer is old, and nobody's question is kept for ever.
LIKENESS_DAYS = 30
# Contents told to be like one: more is a series, not an answer.
LIKENESS_HITS_MAX = 1_000
# Hashes in one question of a person; programs ask `/match`.
LIKENESS_SIGNATURES_MAX = 100
# A second review: some hundreds tell how far two agree (500: a kappa of 0.8 to within 0.05); each is one more picture looked at.
SECOND_REVIEW_MEDIA_MAX = 500
# A content left open in a second review goes to another after this long.
SECOND_LOOK_MINUTES_MAX = 30

assert IDLE_MINUTES_DEFAULT <= IDLE_MINUTES_MAX
assert SESSION_SEEN_SECONDS < 60 <= FRESH_SIGN_IN_SECONDS_MAX <= FIRST_FACTOR_SECONDS_MAX
assert 3 * FRAME_PIXELS_MAX * 3 <= JAIL_MEMORY_BYTES_MAX
assert FILM_CPU_SECONDS_MAX < FILM_WALL_SECONDS_MAX
assert FILM_FRAMES_HASHED_MAX <= FILM_FRAMES_ASKED_MAX
assert FILM_WHOLE_SHARE < FILM_FRAMES_SHARE < 1
assert PICTURE_SIZE_BYTES_MAX <= FILM_SIZE_BYTES_MAX <= ORIGINAL_SIZE_BYTES_MAX
assert STACK_DISTANCE_MAX <= PDQ_DISTANCE_MAX
assert STRIP_STILLS_MAX < STILLS_MAX
assert ORIGINAL_SIZE_BYTES_MAX < HOME_FREE_BYTES_MIN
assert JAIL_CPU_SECONDS_MAX < JAIL_WALL_SECONDS_MAX
assert 6 * FRAME_PIXELS_MAX <= JAIL_PICTURE_MEMORY_BYTES_MAX <= JAIL_MEMORY_BYTES_MAX
assert JAIL_PICTURE_CPU_SECONDS_MAX < JAIL_PICTURE_WALL_SECONDS_MAX <= JAIL_WALL_SECONDS_MAX
assert UPLOAD_WHOLE_BYTES_MAX <= UPLOAD_BATCH_BYTES_MAX <= PICTURE_SIZE_BYTES_MAX
assert KEY_DAYS_DEFAULT <= KEY_DAYS_MAX
assert RESULT_FIRST_IDS % RESULT_CHUNK_IDS == 0 == RESULT_STEP_IDS % RESULT_CHUNK_IDS
assert RESULT_TILES_MAX <= RESULT_CHUNK_IDS
assert KEY_CALLS_PER_HOUR_DEFAULT <= KEY_CALLS_PER_HOUR_MAX
assert RECERTIFICATION_WARNING_DAYS < RECERTIFICATION_ANSWER_DAYS < RECERTIFICATION_DAYS
