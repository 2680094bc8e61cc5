-- SPDX-FileCopyrightText: The Tocsin contributors
-- SPDX-License-Identifier: Apache-2.0

-- Whose a complaint is: of whoever handles it and has not answered.
INSERT INTO whose (person, record)
SELECT body ->> 'handler', id FROM record
WHERE kind = 'complaint' AND status = 'assigned' AND body ->> 'handler' IS NOT NULL;
