CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE TABLE "runs" (
   "id" TEXT PRIMARY KEY,
   "kind" TEXT NOT NULL,
   "status" TEXT NOT NULL,
   "owner" TEXT NOT NULL,
   "team" TEXT,
   "channel" TEXT,
   "place_kind" TEXT NOT NULL,
   "thread_ts" TEXT,
   "only_me" INTEGER NOT NULL,
   "request" TEXT NOT NULL,
   "created_at" REAL NOT NULL,
   "started_at" REAL,
   "finished_at" REAL,
   "error_ref" TEXT,
   "owner_key" TEXT,
   "channel_key" TEXT,
   "audience" TEXT NOT NULL
);
CREATE INDEX "idx_runs_status"
    ON "runs" ("status");
CREATE INDEX "idx_runs_created_at"
    ON "runs" ("created_at");
CREATE TABLE "run_messages" (
   "run_id" TEXT REFERENCES "runs"("id"),
   "name" TEXT,
   "ts" TEXT,
   PRIMARY KEY ("run_id", "name")
);
CREATE TABLE "run_files" (
   "run_id" TEXT REFERENCES "runs"("id"),
   "name" TEXT,
   "data" BLOB,
   PRIMARY KEY ("run_id", "name")
);
CREATE TABLE "events" (
   "run_id" TEXT REFERENCES "runs"("id"),
   "seq" INTEGER,
   "kind" TEXT,
   "body" TEXT,
   "at" REAL,
   PRIMARY KEY ("run_id", "seq")
);
CREATE TABLE "calls" (
   "id" INTEGER PRIMARY KEY,
   "key" TEXT NOT NULL,
   "run_id" TEXT NOT NULL,
   "model" TEXT NOT NULL,
   "purpose" TEXT,
   "answer" TEXT NOT NULL,
   "input_tokens" INTEGER,
   "output_tokens" INTEGER,
   "finish" TEXT,
   "cost" REAL,
   "at" REAL
);
CREATE INDEX "idx_calls_key"
    ON "calls" ("key");
CREATE INDEX "idx_calls_run_id"
    ON "calls" ("run_id");
CREATE TABLE "prompts" (
   "number" INTEGER PRIMARY KEY,
   "id" TEXT NOT NULL,
   "run_id" TEXT NOT NULL,
   "version" INTEGER NOT NULL,
   "title" TEXT,
   "text" TEXT NOT NULL,
   "seed_text" TEXT,
   "owner" TEXT,
   "team" TEXT,
   "channel" TEXT,
   "place_kind" TEXT,
   "thread_ts" TEXT,
   "only_me" INTEGER,
   "verdict" TEXT,
   "seed_score" REAL,
   "final_score" REAL,
   "holdout_n" INTEGER,
   "metric" TEXT,
   "algorithm" TEXT,
   "created_at" REAL,
   "owner_key" TEXT,
   "channel_key" TEXT,
   "audience" TEXT NOT NULL
);
CREATE UNIQUE INDEX "idx_prompts_id"
    ON "prompts" ("id");
CREATE UNIQUE INDEX "idx_prompts_run_id_version"
    ON "prompts" ("run_id", "version");
CREATE INDEX "idx_prompts_audience"
    ON "prompts" ("audience");
CREATE INDEX "idx_prompts_owner_key"
    ON "prompts" ("owner_key");
CREATE VIRTUAL TABLE "prompts_fts" USING FTS5 (
    "title", "text", "seed_text",
    tokenize='porter unicode61 remove_diacritics 2',
    content="prompts"
);
CREATE TRIGGER "prompts_ai" AFTER INSERT ON "prompts" BEGIN
  INSERT INTO "prompts_fts" (rowid, "title", "text", "seed_text") VALUES (new.rowid, new."title", new."text", new."seed_text");
END;
CREATE TRIGGER "prompts_ad" AFTER DELETE ON "prompts" BEGIN
  INSERT INTO "prompts_fts" ("prompts_fts", rowid, "title", "text", "seed_text") VALUES('delete', old.rowid, old."title", old."text", old."seed_text");
END;
CREATE TRIGGER "prompts_au" AFTER UPDATE ON "prompts" BEGIN
  INSERT INTO "prompts_fts" ("prompts_fts", rowid, "title", "text", "seed_text") VALUES('delete', old.rowid, old."title", old."text", old."seed_text");
  INSERT INTO "prompts_fts" (rowid, "title", "text", "seed_text") VALUES (new.rowid, new."title", new."text", new."seed_text");
END;
CREATE TABLE prompt_vectors (position INTEGER PRIMARY KEY AUTOINCREMENT, embedder TEXT NOT NULL, number INTEGER NOT NULL REFERENCES prompts (number), final BLOB NOT NULL, seed BLOB NOT NULL);
CREATE UNIQUE INDEX "idx_prompt_vectors_embedder_number"
    ON "prompt_vectors" ("embedder", "number");
INSERT INTO _sqlite_migrations VALUES (1, 'promptbeam', 'm001_runs', '2026-11-26 14:53:11.839612+00:00');
INSERT INTO _sqlite_migrations VALUES (2, 'promptbeam', 'm002_calls', '2026-11-26 14:53:11.839924+00:00');
INSERT INTO _sqlite_migrations VALUES (3, 'promptbeam', 'm003_prompts', '2026-11-26 14:53:11.841543+00:00');
INSERT INTO runs VALUES ('r-1', 'optimize', 'done', 'alice', 'T1', 'C-open', 'public', '1.5', 0, '{"prompt": "Sort: \ud83d \u00e9"}', 1000.0, NULL, NULL, NULL, 'T1/alice', 'T1/C-open', 'workspace/T1');
INSERT INTO runs VALUES ('r-2', 'optimize', 'queued', 'alice', 'T1', 'C-lab', 'private', '', 0, '{"prompt": "Sort: \ud83d \u00e9"}', 1000.0, NULL, NULL, NULL, 'T1/alice', 'T1/C-lab', 'members/T1/C-lab');
INSERT INTO run_messages VALUES ('r-1', 'parent', '17.5');
INSERT INTO run_messages VALUES ('r-2', 'parent', '17.5');
INSERT INTO run_files VALUES ('r-1', 'examples/0', X'746578742C6C6162656C0D0AFF2C610A');
INSERT INTO run_files VALUES ('r-2', 'examples/0', X'746578742C6C6162656C0D0AFF2C610A');
INSERT INTO events VALUES ('r-1', 0, 'baseline_scored', '{"kind": "baseline_scored", "score": 0.5, "n": 10, "unparseable": 0}', 1795704791.8457);
INSERT INTO events VALUES ('r-1', 1, 'gradients_summarised', '{"kind": "gradients_summarised", "round": 1, "summary": "It''s the ''labels''; they overlap."}', 1.79570479184574770931e+09);
INSERT INTO events VALUES ('r-2', 0, 'baseline_scored', '{"kind": "baseline_scored", "score": 0.5, "n": 10, "unparseable": 0}', 1.79570479436406326293e+09);
INSERT INTO events VALUES ('r-2', 1, 'gradients_summarised', '{"kind": "gradients_summarised", "round": 1, "summary": "It''s the ''labels''; they overlap."}', 1.79570479436410379405e+09);
INSERT INTO calls VALUES (1, 'k1', 'r-1', 'm', 'task', 'ja
''', 10, 2, 'stop', NULL, 1.79570479451487278934e+09);
INSERT INTO prompts VALUES (1, 'p-1', 'r-1', 1, 'Tickets', 'Sort the support tickets of r-1.
By topic; ''quoted'', {text}', 'Sort the ticket: {text}', 'alice', 'T1', 'C-open', 'public', '1.5', 0, 'better', 0.5, 0.75, 80, 'label', 'racing', 1000.0, 'T1/alice', 'T1/C-open', 'workspace/T1');
INSERT INTO prompts VALUES (2, 'p-2', 'r-2', 1, 'Tickets', 'Sort the support tickets of r-2.
By topic; ''quoted'', {text}', 'Sort the ticket: {text}', 'alice', 'T1', 'C-lab', 'private', '', 0, 'better', 0.5, 0.75, 80, 'label', 'racing', 1000.0, 'T1/alice', 'T1/C-lab', 'members/T1/C-lab');
