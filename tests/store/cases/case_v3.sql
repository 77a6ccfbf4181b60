PRAGMA journal_mode = WAL;
PRAGMA application_id = 1296319307;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE about(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  title TEXT NOT NULL,
  created TEXT NOT NULL,             -- UTC, ISO 8601 with milliseconds, as all times here
  program TEXT NOT NULL              -- version of the program, as everywhere here
);
INSERT INTO "about" VALUES(1,'Sample case','2026-11-26T00:10:43.627Z','0.1.0');
CREATE TABLE analysis(               -- one batch of predictions
  id INTEGER PRIMARY KEY,
  model INTEGER NOT NULL REFERENCES model(id),
  at TEXT NOT NULL,
  program TEXT NOT NULL
);
INSERT INTO "analysis" VALUES(1,1,'2026-11-26T00:10:43.662Z','0.1.0');
CREATE TABLE batch(                  -- the journal: one act of a reader
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  text TEXT NOT NULL,
  undoes INTEGER REFERENCES batch(id)    -- an undo names the act, a redo names the undo
);
INSERT INTO "batch" VALUES(1,'2026-11-26T00:10:43.667Z','Ann','0.1.0','2 cells: confirmed',NULL);
INSERT INTO "batch" VALUES(2,'2026-11-26T00:10:43.670Z','Ann','0.1.0','1 cell: blast',NULL);
INSERT INTO "batch" VALUES(3,'2026-11-26T00:10:43.671Z','Ben','0.1.0','1 cell: blast',2);
INSERT INTO "batch" VALUES(4,'2026-11-26T00:10:43.672Z','Ben','0.1.0','1 cell: excluded',NULL);
CREATE TABLE cell(                   -- a box in an image; all four NULL: the whole image
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image INTEGER NOT NULL REFERENCES image(id),
  x INTEGER, y INTEGER, width INTEGER, height INTEGER,
  reference TEXT,
  CHECK ((x IS NULL) = (y IS NULL) AND (x IS NULL) = (width IS NULL) AND (x IS NULL) = (height IS NULL))
);
INSERT INTO "cell" VALUES(1,1,NULL,NULL,NULL,NULL,'BLA');
INSERT INTO "cell" VALUES(2,2,NULL,NULL,NULL,NULL,'BLA');
INSERT INTO "cell" VALUES(3,3,NULL,NULL,NULL,NULL,'BLA');
INSERT INTO "cell" VALUES(4,4,10,20,80,90,NULL);
INSERT INTO "cell" VALUES(5,5,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE decision(               -- the journal: what it did to one cell; the latest row of a cell stands
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch(id),
  cell INTEGER NOT NULL REFERENCES cell(id),
  prediction INTEGER REFERENCES prediction(id),    -- the proposal that stood at that moment
  from_verdict TEXT, from_code TEXT, from_reader TEXT, from_at TEXT,
  to_verdict TEXT, to_code TEXT, to_reader TEXT, to_at TEXT
);
INSERT INTO "decision" VALUES(1,1,1,1,NULL,NULL,NULL,NULL,'confirmed','LYT','Ann','2025-03-01T12:00:00.250Z');
INSERT INTO "decision" VALUES(2,1,2,2,NULL,NULL,NULL,NULL,'confirmed','LYT','Ann','2025-03-01T12:00:00.250Z');
INSERT INTO "decision" VALUES(3,2,3,3,NULL,NULL,NULL,NULL,'assigned','BLA','Ann','2025-03-01T12:01:00.250Z');
INSERT INTO "decision" VALUES(4,3,3,3,'assigned','BLA','Ann','2025-03-01T12:01:00.250Z',NULL,NULL,NULL,NULL);
INSERT INTO "decision" VALUES(5,4,3,3,NULL,NULL,NULL,NULL,'excluded',NULL,'Ben','2025-03-01T12:02:00.250Z');
CREATE TABLE feature(                -- what a prediction rests on; it may be computed again and replaced
  prediction INTEGER PRIMARY KEY REFERENCES prediction(id),
  height INTEGER, width INTEGER,     -- of the maps
  ranges BLOB,                       -- K x (low, high) float32, little endian
  maps BLOB,                         -- K x height x width uint8, 0 = low, 255 = high
  window_left REAL, window_top REAL, window_width REAL, window_height REAL,
  embedding_scale REAL,
  embedding BLOB                     -- D float16, little endian, times embedding_scale
);
INSERT INTO "feature" VALUES(1,4,4,X'000040C016C4E4BEF59D8DBEBFB3114083981C400000A040',X'00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF',1.0,2.0,246.5,246.0,1000000.0,X'00BCB7B9DBB692B09230DB36B739003C');
INSERT INTO "feature" VALUES(2,4,4,X'0000C0C016C464BFF59D0DBFBFB3914083989C4000002041',X'00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF',1.0,2.0,246.5,246.0,1000000.0,X'00BCB7B9DBB692B09230DB36B739003C');
CREATE TABLE field(                  -- header fields of the report; the latest row of a name stands
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL
);
INSERT INTO "field" VALUES(1,'2026-11-26T00:10:43.664Z','patient','Müller');
INSERT INTO "field" VALUES(2,'2026-11-26T00:10:43.665Z','patient','Müller, 佐藤');
CREATE TABLE image(                  -- one page of one image file
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slide INTEGER NOT NULL REFERENCES slide(id),
  path NOT NULL,                     -- relative to the folder of the slide, with forward slashes
  page INTEGER NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),    -- of the whole file
  width INTEGER NOT NULL,            -- pixels
  height INTEGER NOT NULL,
  UNIQUE (slide, path, page, sha256)
);
INSERT INTO "image" VALUES(1,1,'BLA/BLA_0.jpg',0,X'7F38BF27EA1B990C1B9B2A074C0A25E06C9D023029E57296D7482A8AEB79B7F3',250,250);
INSERT INTO "image" VALUES(2,1,'BLA/BLA_1.jpg',0,X'0973C1E7093402DB25F0B7C34E01E198185402BF56521F4EA3A93A487840CF19',250,250);
INSERT INTO "image" VALUES(3,1,'BLA/BLA_2.jpg',0,X'AB783445FFC51F404BE3C48A43DD1B3CB0D1A69855B297164F8440062EAB5BFB',250,250);
INSERT INTO "image" VALUES(4,1,'field.tif',2,X'D4D313BD2BD69567C3F8AD250F7ECA30A2351DCA053A93527EB1D460196098A0',250,250);
INSERT INTO "image" VALUES(5,2,'a.png',0,X'87D79BFA7757815DBE2C20487197ED6E700503A32CFCDEA275A73AC5DAD4E1FA',250,250);
CREATE TABLE model(
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  codes TEXT NOT NULL                -- JSON list of the K class codes
);
INSERT INTO "model" VALUES(1,X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB','sample model','1.0','["BLA", "LYT", "NGS"]');
INSERT INTO "model" VALUES(2,X'CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCD','Färbung 染色','2','["BLA", "LYT", "NGS"]');
CREATE TABLE origin(                 -- of the model of that number, where it was adapted to a laboratory
  id INTEGER PRIMARY KEY REFERENCES model(id),
  name TEXT NOT NULL,                -- of the model it was made of
  version TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  made TEXT NOT NULL,
  cases INTEGER NOT NULL CHECK (cases > 0),
  cells INTEGER NOT NULL CHECK (cells > 0)
);
INSERT INTO "origin" VALUES(2,'sample model','1.0',X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB','2025-02-01T09:30:00.000Z',3,450);
CREATE TABLE packed(                 -- image files, by image.sha256; what is signed is their hash
  sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32),
  bytes BLOB NOT NULL
);
CREATE TABLE prediction(             -- the latest row of a cell stands
  id INTEGER PRIMARY KEY,
  analysis INTEGER NOT NULL REFERENCES analysis(id),
  cell INTEGER NOT NULL REFERENCES cell(id),
  probabilities BLOB NOT NULL,       -- K float32, little endian
  doubt REAL
);
INSERT INTO "prediction" VALUES(1,1,1,X'CDCCCC3DCDCC4C3FCDCCCC3D',0.25);
INSERT INTO "prediction" VALUES(2,1,2,X'CDCCCC3DCDCC4C3FCDCCCC3D',0.25);
INSERT INTO "prediction" VALUES(3,1,3,X'CDCCCC3DCDCC4C3FCDCCCC3D',0.25);
INSERT INTO "prediction" VALUES(4,1,4,X'CDCCCC3DCDCC4C3FCDCCCC3D',0.25);
CREATE TABLE press(                  -- a manual count at the microscope: one row a key
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  smear INTEGER NOT NULL CHECK (smear >= 1),
  code TEXT NOT NULL,
  undoes INTEGER REFERENCES press(id)    -- takes that one back
);
INSERT INTO "press" VALUES(1,'2026-11-26T00:10:43.682Z','Ann','0.1.0',1,'BLA',NULL);
INSERT INTO "press" VALUES(2,'2026-11-26T00:10:43.684Z','Ann','0.1.0',2,'LYT',NULL);
INSERT INTO "press" VALUES(3,'2026-11-26T00:10:43.685Z','Ann','0.1.0',2,'LYT',NULL);
INSERT INTO "press" VALUES(4,'2026-11-26T00:10:43.686Z','Ann','0.1.0',2,'LYT',3);
CREATE TABLE problem(                -- images that cannot be read
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  slide INTEGER NOT NULL REFERENCES slide(id),
  path NOT NULL,
  reason TEXT NOT NULL,
  hint TEXT NOT NULL,
  UNIQUE (slide, path, reason)
);
INSERT INTO "problem" VALUES(1,1,'/slides/Müller 骨髄/cut.jpg','The file is cut off.','Copy it again.');
CREATE TABLE reopening(              -- ends the signature of that number, which stays
  id INTEGER PRIMARY KEY REFERENCES signature(id),
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> '')
);
INSERT INTO "reopening" VALUES(1,'2026-11-26T00:10:43.677Z','Ben','0.1.0','To go on.');
CREATE TABLE resolution(             -- an act of the first journal that settles where two readers differ
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch(id),
  sitting INTEGER NOT NULL REFERENCES sitting(id)
);
CREATE TABLE scheme(                 -- the classes; the latest row stands
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  json TEXT NOT NULL
);
INSERT INTO "scheme" VALUES(1,'2026-11-26T00:10:43.627Z','{
 "format": "marrowdesk-scheme",
 "version": 1,
 "name": "Bone marrow, 21 classes and manual classes",
 "unidentified": "NIF",
 "specimen": "marrow",
 "classes": [
  {
   "code": "BLA",
   "name": "blast",
   "lineage": "blast",
   "role": "counted",
   "key": "B",
   "color": "#c2255c",
   "always_review": false,
   "alert": "",
   "folders": [
    "MYO",
    "MOB",
    "myeloblast"
   ],
   "takes": []
  },
  {
   "code": "PMO",
   "name": "promyelocyte",
   "lineage": "neutrophilic",
   "role": "counted",
   "key": "P",
   "color": "#1864ab",
   "always_review": false,
   "alert": "",
   "folders": [
    "PMY"
   ],
   "takes": []
  },
  {
   "code": "FGC",
   "name": "faggot cell",
   "lineage": "neutrophilic",
   "role": "counted",
   "key": "F",
   "color": "#364fc7",
   "always_review": true,
   "alert": "Faggot cells found: abnormal promyelocytes that need a reader at once.",
   "folders": [],
   "takes": []
  },
  {
   "code": "MYB",
   "name": "myelocyte",
   "lineage": "neutrophilic",
   "role": "counted",
   "key": "M",
   "color": "#1c7ed6",
   "always_review": false,
   "alert": "",
   "folders": [
    "MY",
    "MYC"
   ],
   "takes": []
  },
  {
   "code": "MMZ",
   "name": "metamyelocyte",
   "lineage": "neutrophilic",
   "role": "counted",
   "key": "T",
   "color": "#4dabf7",
   "always_review": false,
   "alert": "",
   "folders": [
    "MMY"
   ],
   "takes": []
  },
  {
   "code": "NGB",
   "name": "band neutrophil",
   "lineage": "neutrophilic",
   "role": "counted",
   "key": "N",
   "color": "#15aabf",
   "always_review": false,
   "alert": "",
   "folders": [
    "BNE",
    "BAND"
   ],
   "takes": []
  },
  {
   "code": "NGS",
   "name": "segmented neutrophil",
   "lineage": "neutrophilic",
   "role": "counted",
   "key": "S",
   "color": "#0b7285",
   "always_review": false,
   "alert": "",
   "folders": [
    "SNE",
    "SEG",
    "neutrophil"
   ],
   "takes": []
  },
  {
   "code": "EOS",
   "name": "eosinophil",
   "lineage": "eosinophilic",
   "role": "counted",
   "key": "E",
   "color": "#e8590c",
   "always_review": false,
   "alert": "",
   "folders": [
    "EO"
   ],
   "takes": []
  },
  {
   "code": "ABE",
   "name": "abnormal eosinophil",
   "lineage": "eosinophilic",
   "role": "counted",
   "key": "V",
   "color": "#fd7e14",
   "always_review": true,
   "alert": "Abnormal eosinophils found: a class that always needs a reader.",
   "folders": [],
   "takes": []
  },
  {
   "code": "BAS",
   "name": "basophil",
   "lineage": "basophilic",
   "role": "counted",
   "key": "O",
   "color": "#5f3dc4",
   "always_review": false,
   "alert": "",
   "folders": [
    "BA",
    "BASO"
   ],
   "takes": []
  },
  {
   "code": "MON",
   "name": "monocyte",
   "lineage": "monocytic",
   "role": "counted",
   "key": "C",
   "color": "#2b8a3e",
   "always_review": false,
   "alert": "",
   "folders": [
    "MO",
    "MONO"
   ],
   "takes": []
  },
  {
   "code": "PRM",
   "name": "promonocyte",
   "lineage": "monocytic",
   "role": "counted",
   "key": "4",
   "color": "#69db7c",
   "always_review": true,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "PEB",
   "name": "proerythroblast",
   "lineage": "erythroid",
   "role": "counted",
   "key": "R",
   "color": "#a61e4d",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "EBB",
   "name": "basophilic erythroblast",
   "lineage": "erythroid",
   "role": "counted",
   "key": "1",
   "color": "#c92a2a",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "EBP",
   "name": "polychromatic erythroblast",
   "lineage": "erythroid",
   "role": "counted",
   "key": "2",
   "color": "#e03131",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "EBX",
   "name": "orthochromatic erythroblast",
   "lineage": "erythroid",
   "role": "counted",
   "key": "3",
   "color": "#fa5252",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "EBO",
   "name": "erythroblast",
   "lineage": "erythroid",
   "role": "counted",
   "key": "Y",
   "color": "#ff8787",
   "always_review": false,
   "alert": "",
   "folders": [
    "ERB",
    "normoblast"
   ],
   "takes": []
  },
  {
   "code": "LYT",
   "name": "lymphocyte",
   "lineage": "lymphoid",
   "role": "counted",
   "key": "L",
   "color": "#7048e8",
   "always_review": false,
   "alert": "",
   "folders": [
    "LY",
    "LYM"
   ],
   "takes": []
  },
  {
   "code": "LYI",
   "name": "immature lymphocyte",
   "lineage": "lymphoid",
   "role": "counted",
   "key": "I",
   "color": "#9775fa",
   "always_review": true,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "HAC",
   "name": "hairy cell",
   "lineage": "lymphoid",
   "role": "counted",
   "key": "H",
   "color": "#be4bdb",
   "always_review": true,
   "alert": "Hairy cells found: a class that always needs a reader.",
   "folders": [],
   "takes": []
  },
  {
   "code": "PLM",
   "name": "plasma cell",
   "lineage": "plasma cell",
   "role": "counted",
   "key": "W",
   "color": "#d6336c",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "MST",
   "name": "mast cell",
   "lineage": "other",
   "role": "counted",
   "key": "5",
   "color": "#862e9c",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "MIT",
   "name": "mitosis",
   "lineage": "other",
   "role": "apart",
   "key": "8",
   "color": "#5c940d",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "MGK",
   "name": "megakaryocyte",
   "lineage": "none",
   "role": "apart",
   "key": "6",
   "color": "#74b816",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "MAC",
   "name": "macrophage",
   "lineage": "none",
   "role": "apart",
   "key": "7",
   "color": "#66a80f",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "KSC",
   "name": "smudge cell",
   "lineage": "none",
   "role": "apart",
   "key": "G",
   "color": "#868e96",
   "always_review": false,
   "alert": "",
   "folders": [
    "smudge"
   ],
   "takes": []
  },
  {
   "code": "ART",
   "name": "artefact",
   "lineage": "none",
   "role": "apart",
   "key": "X",
   "color": "#495057",
   "always_review": false,
   "alert": "",
   "folders": [
    "artifact",
    "PLATELET"
   ],
   "takes": []
  },
  {
   "code": "OTH",
   "name": "other cell",
   "lineage": "none",
   "role": "apart",
   "key": "Z",
   "color": "#adb5bd",
   "always_review": false,
   "alert": "",
   "folders": [],
   "takes": []
  },
  {
   "code": "NIF",
   "name": "not identifiable",
   "lineage": "none",
   "role": "unresolved",
   "key": "U",
   "color": "#f08c00",
   "always_review": false,
   "alert": "",
   "folders": [
    "unidentified"
   ],
   "takes": []
  }
 ]
}');
CREATE TABLE signature(              -- a version of the case that a reader signed: 1, 2, ...
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  role TEXT NOT NULL,                -- as typed; may be empty
  program TEXT NOT NULL,
  cell INTEGER NOT NULL,             -- the last row that it covers of each table; 0 for none
  prediction INTEGER NOT NULL,
  decision INTEGER NOT NULL,
  field INTEGER NOT NULL,
  scheme INTEGER NOT NULL,
  press INTEGER NOT NULL,
  rules TEXT NOT NULL,               -- JSON: what it was counted by
  hindrances TEXT NOT NULL,          -- JSON: [kind, cells] of what stood against it
  reason TEXT NOT NULL,              -- why it was signed all the same; empty where nothing stood against it
  state BLOB NOT NULL CHECK (length(state) = 32),    -- SHA-256 of what was signed
  CHECK (reader <> '' AND (hindrances = '[]' OR reason <> ''))
);
INSERT INTO "signature" VALUES(1,'2026-11-26T00:10:43.675Z','Ann','hematologist','0.1.0',5,4,5,2,1,0,'{}','[["too few", 495]]','Only a sample.',X'2E5C870B6955E71CF4B9A00966C3C59D10E37906F6147FF11BC2E5700213FB95');
CREATE TABLE sitting(                -- a reading of its own, apart from the first
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  reader TEXT NOT NULL CHECK (reader <> ''),
  program TEXT NOT NULL
);
INSERT INTO "sitting" VALUES(1,'2026-11-26T00:10:43.678Z','Dee','0.1.0');
CREATE TABLE sitting_batch(          -- as batch
  id INTEGER PRIMARY KEY,
  sitting INTEGER NOT NULL REFERENCES sitting(id),
  at TEXT NOT NULL,
  reader TEXT NOT NULL,
  program TEXT NOT NULL,
  text TEXT NOT NULL,
  undoes INTEGER REFERENCES sitting_batch(id)
);
INSERT INTO "sitting_batch" VALUES(1,1,'2026-11-26T00:10:43.680Z','Dee','0.1.0','2 cells: blast',NULL);
CREATE TABLE sitting_decision(       -- as decision
  id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES sitting_batch(id),
  cell INTEGER NOT NULL REFERENCES cell(id),
  prediction INTEGER REFERENCES prediction(id),
  from_verdict TEXT, from_code TEXT, from_reader TEXT, from_at TEXT,
  to_verdict TEXT, to_code TEXT, to_reader TEXT, to_at TEXT
);
INSERT INTO "sitting_decision" VALUES(1,1,1,1,NULL,NULL,NULL,NULL,'assigned','BLA','Dee','2025-03-01T12:05:00.250Z');
INSERT INTO "sitting_decision" VALUES(2,1,2,2,NULL,NULL,NULL,NULL,'assigned','BLA','Dee','2025-03-01T12:05:00.250Z');
CREATE TABLE slide(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  folder NOT NULL                    -- absolute; text, or bytes where the name is no valid Unicode
);
INSERT INTO "slide" VALUES(1,'Müller 骨髄','/slides/Müller 骨髄');
INSERT INTO "slide" VALUES(2,'second smear','/slides/second');
CREATE UNIQUE INDEX cell_once
  ON cell(image, ifnull(x, -1), ifnull(y, -1), ifnull(width, -1), ifnull(height, -1));
CREATE INDEX prediction_of_cell ON prediction(cell, id);
CREATE UNIQUE INDEX undone_once ON batch(undoes) WHERE undoes IS NOT NULL;
CREATE INDEX decision_of_cell ON decision(cell, id);
CREATE TRIGGER about_no_update BEFORE UPDATE ON about
BEGIN SELECT RAISE(ABORT, 'rows of about are never changed'); END;
CREATE TRIGGER about_no_delete BEFORE DELETE ON about
BEGIN SELECT RAISE(ABORT, 'rows of about are never deleted'); END;
CREATE TRIGGER about_no_replace BEFORE INSERT ON about
WHEN EXISTS (SELECT 1 FROM about WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of about are never replaced'); END;
CREATE TRIGGER scheme_no_update BEFORE UPDATE ON scheme
BEGIN SELECT RAISE(ABORT, 'rows of scheme are never changed'); END;
CREATE TRIGGER scheme_no_delete BEFORE DELETE ON scheme
BEGIN SELECT RAISE(ABORT, 'rows of scheme are never deleted'); END;
CREATE TRIGGER scheme_no_replace BEFORE INSERT ON scheme
WHEN EXISTS (SELECT 1 FROM scheme WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of scheme are never replaced'); END;
CREATE TRIGGER field_no_update BEFORE UPDATE ON field
BEGIN SELECT RAISE(ABORT, 'rows of field are never changed'); END;
CREATE TRIGGER field_no_delete BEFORE DELETE ON field
BEGIN SELECT RAISE(ABORT, 'rows of field are never deleted'); END;
CREATE TRIGGER field_no_replace BEFORE INSERT ON field
WHEN EXISTS (SELECT 1 FROM field WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of field are never replaced'); END;
CREATE TRIGGER model_no_update BEFORE UPDATE ON model
BEGIN SELECT RAISE(ABORT, 'rows of model are never changed'); END;
CREATE TRIGGER model_no_delete BEFORE DELETE ON model
BEGIN SELECT RAISE(ABORT, 'rows of model are never deleted'); END;
CREATE TRIGGER model_no_replace BEFORE INSERT ON model
WHEN EXISTS (SELECT 1 FROM model WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of model are never replaced'); END;
CREATE TRIGGER analysis_no_update BEFORE UPDATE ON analysis
BEGIN SELECT RAISE(ABORT, 'rows of analysis are never changed'); END;
CREATE TRIGGER analysis_no_delete BEFORE DELETE ON analysis
BEGIN SELECT RAISE(ABORT, 'rows of analysis are never deleted'); END;
CREATE TRIGGER analysis_no_replace BEFORE INSERT ON analysis
WHEN EXISTS (SELECT 1 FROM analysis WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of analysis are never replaced'); END;
CREATE TRIGGER prediction_no_update BEFORE UPDATE ON prediction
BEGIN SELECT RAISE(ABORT, 'rows of prediction are never changed'); END;
CREATE TRIGGER prediction_no_delete BEFORE DELETE ON prediction
BEGIN SELECT RAISE(ABORT, 'rows of prediction are never deleted'); END;
CREATE TRIGGER prediction_no_replace BEFORE INSERT ON prediction
WHEN EXISTS (SELECT 1 FROM prediction WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of prediction are never replaced'); END;
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch
BEGIN SELECT RAISE(ABORT, 'rows of batch are never changed'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'rows of batch are never deleted'); END;
CREATE TRIGGER batch_no_replace BEFORE INSERT ON batch
WHEN EXISTS (SELECT 1 FROM batch WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of batch are never replaced'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'rows of decision are never changed'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'rows of decision are never deleted'); END;
CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of decision are never replaced'); END;
CREATE TRIGGER signature_in_turn BEFORE INSERT ON signature
WHEN NEW.id <> 1 + (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER reopening_in_turn BEFORE INSERT ON reopening
WHEN NEW.id <> (SELECT ifnull(max(id), 0) FROM signature)
BEGIN SELECT RAISE(ABORT, 'the case is not signed'); END;
CREATE UNIQUE INDEX sitting_undone_once ON sitting_batch(undoes) WHERE undoes IS NOT NULL;
CREATE INDEX sitting_decision_of_batch ON sitting_decision(batch);
CREATE UNIQUE INDEX press_undone_once ON press(undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER signature_no_update BEFORE UPDATE ON signature
BEGIN SELECT RAISE(ABORT, 'rows of signature are never changed'); END;
CREATE TRIGGER signature_no_delete BEFORE DELETE ON signature
BEGIN SELECT RAISE(ABORT, 'rows of signature are never deleted'); END;
CREATE TRIGGER signature_no_replace BEFORE INSERT ON signature
WHEN EXISTS (SELECT 1 FROM signature WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of signature are never replaced'); END;
CREATE TRIGGER reopening_no_update BEFORE UPDATE ON reopening
BEGIN SELECT RAISE(ABORT, 'rows of reopening are never changed'); END;
CREATE TRIGGER reopening_no_delete BEFORE DELETE ON reopening
BEGIN SELECT RAISE(ABORT, 'rows of reopening are never deleted'); END;
CREATE TRIGGER reopening_no_replace BEFORE INSERT ON reopening
WHEN EXISTS (SELECT 1 FROM reopening WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of reopening are never replaced'); END;
CREATE TRIGGER sitting_no_update BEFORE UPDATE ON sitting
BEGIN SELECT RAISE(ABORT, 'rows of sitting are never changed'); END;
CREATE TRIGGER sitting_no_delete BEFORE DELETE ON sitting
BEGIN SELECT RAISE(ABORT, 'rows of sitting are never deleted'); END;
CREATE TRIGGER sitting_no_replace BEFORE INSERT ON sitting
WHEN EXISTS (SELECT 1 FROM sitting WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of sitting are never replaced'); END;
CREATE TRIGGER sitting_batch_no_update BEFORE UPDATE ON sitting_batch
BEGIN SELECT RAISE(ABORT, 'rows of sitting_batch are never changed'); END;
CREATE TRIGGER sitting_batch_no_delete BEFORE DELETE ON sitting_batch
BEGIN SELECT RAISE(ABORT, 'rows of sitting_batch are never deleted'); END;
CREATE TRIGGER sitting_batch_no_replace BEFORE INSERT ON sitting_batch
WHEN EXISTS (SELECT 1 FROM sitting_batch WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of sitting_batch are never replaced'); END;
CREATE TRIGGER sitting_decision_no_update BEFORE UPDATE ON sitting_decision
BEGIN SELECT RAISE(ABORT, 'rows of sitting_decision are never changed'); END;
CREATE TRIGGER sitting_decision_no_delete BEFORE DELETE ON sitting_decision
BEGIN SELECT RAISE(ABORT, 'rows of sitting_decision are never deleted'); END;
CREATE TRIGGER sitting_decision_no_replace BEFORE INSERT ON sitting_decision
WHEN EXISTS (SELECT 1 FROM sitting_decision WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of sitting_decision are never replaced'); END;
CREATE TRIGGER resolution_no_update BEFORE UPDATE ON resolution
BEGIN SELECT RAISE(ABORT, 'rows of resolution are never changed'); END;
CREATE TRIGGER resolution_no_delete BEFORE DELETE ON resolution
BEGIN SELECT RAISE(ABORT, 'rows of resolution are never deleted'); END;
CREATE TRIGGER resolution_no_replace BEFORE INSERT ON resolution
WHEN EXISTS (SELECT 1 FROM resolution WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of resolution are never replaced'); END;
CREATE TRIGGER press_no_update BEFORE UPDATE ON press
BEGIN SELECT RAISE(ABORT, 'rows of press are never changed'); END;
CREATE TRIGGER press_no_delete BEFORE DELETE ON press
BEGIN SELECT RAISE(ABORT, 'rows of press are never deleted'); END;
CREATE TRIGGER press_no_replace BEFORE INSERT ON press
WHEN EXISTS (SELECT 1 FROM press WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of press are never replaced'); END;
CREATE TRIGGER scheme_signed BEFORE INSERT ON scheme
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER field_signed BEFORE INSERT ON field
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER image_signed BEFORE INSERT ON image
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER cell_signed BEFORE INSERT ON cell
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER analysis_signed BEFORE INSERT ON analysis
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER prediction_signed BEFORE INSERT ON prediction
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER batch_signed BEFORE INSERT ON batch
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER decision_signed BEFORE INSERT ON decision
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER sitting_signed BEFORE INSERT ON sitting
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER sitting_batch_signed BEFORE INSERT ON sitting_batch
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER sitting_decision_signed BEFORE INSERT ON sitting_decision
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER resolution_signed BEFORE INSERT ON resolution
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER press_signed BEFORE INSERT ON press
WHEN (SELECT ifnull(max(id), 0) FROM signature) > (SELECT ifnull(max(id), 0) FROM reopening)
BEGIN SELECT RAISE(ABORT, 'the case is signed'); END;
CREATE TRIGGER origin_no_update BEFORE UPDATE ON origin
BEGIN SELECT RAISE(ABORT, 'rows of origin are never changed'); END;
CREATE TRIGGER origin_no_delete BEFORE DELETE ON origin
BEGIN SELECT RAISE(ABORT, 'rows of origin are never deleted'); END;
CREATE TRIGGER origin_no_replace BEFORE INSERT ON origin
WHEN EXISTS (SELECT 1 FROM origin WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'rows of origin are never replaced'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('slide',2);
INSERT INTO "sqlite_sequence" VALUES('image',5);
INSERT INTO "sqlite_sequence" VALUES('cell',5);
INSERT INTO "sqlite_sequence" VALUES('problem',1);
COMMIT;
