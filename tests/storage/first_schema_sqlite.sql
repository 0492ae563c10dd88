CREATE TABLE booking_requests (
    id INTEGER NOT NULL,
    reference VARCHAR(20) NOT NULL,
    conversation_id VARCHAR(255) NOT NULL,
    run_id VARCHAR(255) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    hold BOOLEAN NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    wish TEXT NOT NULL,
    screening VARCHAR(20) NOT NULL,
    health_words TEXT NOT NULL,
    conditions JSON NOT NULL,
    retracted JSON NOT NULL,
    consent BOOLEAN NOT NULL,
    channel VARCHAR(50) NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT booking_requests_once_per_run UNIQUE (conversation_id, run_id),
    UNIQUE (reference)
);

CREATE TABLE channel_events (
    id VARCHAR(36) NOT NULL,
    at DATETIME NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_channel_events_at ON channel_events (at);

CREATE TABLE chat_conversations (
    id VARCHAR(32) NOT NULL,
    channel VARCHAR(20) DEFAULT 'web' NOT NULL,
    address VARCHAR(255),
    mode VARCHAR(10) NOT NULL,
    run INTEGER NOT NULL,
    shown_from INTEGER NOT NULL,
    last_said INTEGER NOT NULL,
    language VARCHAR(35) NOT NULL,
    created_at DATETIME NOT NULL,
    active_at DATETIME NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT chat_conversations_one_per_address UNIQUE (channel, address)
);

CREATE INDEX ix_chat_conversations_active_at ON chat_conversations (active_at);

CREATE TABLE chat_erasures (
    id INTEGER NOT NULL,
    sender VARCHAR(255) NOT NULL,
    bookings BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (sender)
);

CREATE TABLE chat_purges (
    day DATE NOT NULL,
    conversations INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (day)
);

CREATE TABLE desk_staff (
    id INTEGER NOT NULL,
    name VARCHAR(80) NOT NULL,
    password TEXT NOT NULL,
    role VARCHAR(10) NOT NULL,
    active BOOLEAN NOT NULL,
    created_at DATETIME NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE desk_audit (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at DATETIME NOT NULL,
    staff VARCHAR(80) NOT NULL,
    action VARCHAR(60) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    details JSON NOT NULL
);

CREATE INDEX desk_audit_by_staff ON desk_audit (staff, id);

CREATE INDEX desk_audit_by_action ON desk_audit (action, id);

CREATE INDEX ix_desk_audit_at ON desk_audit (at);

CREATE TRIGGER desk_audit_no_UPDATE BEFORE UPDATE ON desk_audit
BEGIN SELECT RAISE(ABORT, 'the record of the desk cannot be changed'); END;

CREATE TRIGGER desk_audit_no_DELETE BEFORE DELETE ON desk_audit
BEGIN SELECT RAISE(ABORT, 'the record of the desk cannot be changed'); END;

CREATE TABLE outbox (
    id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    status VARCHAR(20) NOT NULL,
    attempts INTEGER NOT NULL,
    due_at DATETIME NOT NULL,
    claim VARCHAR(64) NOT NULL,
    last_problem TEXT NOT NULL,
    sent_at DATETIME,
    PRIMARY KEY (id),
    UNIQUE (request_id),
    FOREIGN KEY(request_id) REFERENCES booking_requests (id) ON DELETE CASCADE,
    UNIQUE ("key")
);

CREATE INDEX outbox_due ON outbox (status, due_at);

CREATE TABLE desk_requests (
    reference VARCHAR(20) NOT NULL,
    status VARCHAR(12) NOT NULL,
    staff VARCHAR(80) NOT NULL,
    at DATETIME NOT NULL,
    lifted_by VARCHAR(80) NOT NULL,
    lifted_at DATETIME,
    lifted_because TEXT NOT NULL,
    PRIMARY KEY (reference),
    FOREIGN KEY(reference) REFERENCES booking_requests (reference) ON DELETE CASCADE
);

CREATE TABLE channel_people (
    conversation_id VARCHAR(32) NOT NULL,
    heard_at DATETIME NOT NULL,
    stopped BOOLEAN NOT NULL,
    last_wanted INTEGER,
    asked_to_delete INTEGER,
    PRIMARY KEY (conversation_id),
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE TABLE chat_messages (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    conversation_id VARCHAR(32) NOT NULL,
    client_id VARCHAR(36),
    author VARCHAR(10) NOT NULL,
    at DATETIME NOT NULL,
    run INTEGER NOT NULL,
    kind VARCHAR(10) NOT NULL,
    text TEXT NOT NULL,
    words TEXT NOT NULL,
    body JSON NOT NULL,
    choices JSON NOT NULL,
    source JSON,
    state VARCHAR(10) NOT NULL,
    reply_to INTEGER,
    position INTEGER,
    feedback VARCHAR(4),
    feedback_word TEXT NOT NULL,
    CONSTRAINT chat_messages_once_per_client_id UNIQUE (conversation_id, client_id),
    CONSTRAINT chat_messages_one_answer UNIQUE (reply_to, position),
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE INDEX chat_messages_by_feedback ON chat_messages (feedback, at);

CREATE INDEX chat_messages_by_conversation ON chat_messages (conversation_id, id);

CREATE INDEX chat_messages_by_state ON chat_messages (state);

CREATE TABLE chat_handovers (
    conversation_id VARCHAR(32) NOT NULL,
    staff VARCHAR(80) NOT NULL,
    asked_at DATETIME,
    team_at DATETIME NOT NULL,
    told BOOLEAN NOT NULL,
    PRIMARY KEY (conversation_id),
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE TABLE chat_notes (
    id INTEGER NOT NULL,
    conversation_id VARCHAR(32) NOT NULL,
    staff VARCHAR(80) NOT NULL,
    at DATETIME NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_chat_notes_conversation_id ON chat_notes (conversation_id);

CREATE TABLE desk_sessions (
    id VARCHAR(43) NOT NULL,
    staff_id INTEGER NOT NULL,
    begun_at DATETIME NOT NULL,
    seen_at DATETIME NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(staff_id) REFERENCES desk_staff (id) ON DELETE CASCADE
);

CREATE TABLE desk_trials (
    staff_id INTEGER NOT NULL,
    conversation_id VARCHAR(32) NOT NULL,
    PRIMARY KEY (staff_id),
    FOREIGN KEY(staff_id) REFERENCES desk_staff (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_desk_trials_conversation_id ON desk_trials (conversation_id);

CREATE TABLE channel_deliveries (
    message_id INTEGER NOT NULL,
    conversation_id VARCHAR(32) NOT NULL,
    state VARCHAR(10) NOT NULL,
    parts_sent INTEGER DEFAULT '0' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    due_at DATETIME,
    reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (message_id),
    FOREIGN KEY(message_id) REFERENCES chat_messages (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE INDEX channel_deliveries_by_state ON channel_deliveries (state);

CREATE INDEX channel_deliveries_by_conversation ON channel_deliveries (conversation_id, state, message_id);

CREATE TABLE chat_turns (
    message_id INTEGER NOT NULL,
    conversation_id VARCHAR(32) NOT NULL,
    at DATETIME NOT NULL,
    label VARCHAR(100) NOT NULL,
    confidence FLOAT,
    outcome VARCHAR(20) NOT NULL,
    form VARCHAR(40) NOT NULL,
    seconds FLOAT NOT NULL,
    reason VARCHAR(12) NOT NULL,
    reviewed BOOLEAN NOT NULL,
    details JSON NOT NULL,
    PRIMARY KEY (message_id),
    FOREIGN KEY(message_id) REFERENCES chat_messages (id) ON DELETE CASCADE,
    FOREIGN KEY(conversation_id) REFERENCES chat_conversations (id) ON DELETE CASCADE
);

CREATE INDEX ix_chat_turns_conversation_id ON chat_turns (conversation_id);

CREATE INDEX chat_turns_to_review ON chat_turns (reviewed, reason, message_id);

CREATE INDEX ix_chat_turns_at ON chat_turns (at);

CREATE TABLE desk_reviews (
    message_id INTEGER NOT NULL,
    at DATETIME NOT NULL,
    staff VARCHAR(80) NOT NULL,
    given VARCHAR(100) NOT NULL,
    "right" VARCHAR(100) NOT NULL,
    phrase TEXT NOT NULL,
    PRIMARY KEY (message_id),
    FOREIGN KEY(message_id) REFERENCES chat_messages (id) ON DELETE CASCADE
);

CREATE INDEX desk_reviews_by_time ON desk_reviews (at);

