-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- What is known of one item, and a queue of cases by what is due, however many are decided.
CREATE INDEX kept_item ON kept (item);
CREATE INDEX record_queue ON record (kind, status, due_at, id);
