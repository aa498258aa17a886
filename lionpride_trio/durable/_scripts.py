"""The steps of a `Store` as scripts in Lua: Redis runs each as a whole, or not at all.

A stream ``x`` is three keys.  ``lionpride:stream:x`` is a hash with what is known of it,
``lionpride:items:x`` a Redis stream in which item 7 has the id ``7-0``, and ``lionpride:streams`` the
sorted set of all names by their beginning.  Times are milliseconds of Redis's own clock, so that the
clocks of the machines around it need not agree.  ``lionpride:news:x`` and ``lionpride:stop:x`` are
channels.
"""

from typing import Final

PREFIX: Final = "lionpride:"

_COMMON: Final = """
local name = ARGV[1]
local prefix = 'lionpride:'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function stream_of(name)
  return prefix .. 'stream:' .. name
end

local function items_of(name)
  return prefix .. 'items:' .. name
end

local function ring(kind, name)
  redis.call('PUBLISH', prefix .. kind .. ':' .. name, '')
end

local function finish(name, state, verdict, error)
  local stream, items = stream_of(name), items_of(name)
  redis.call('HSET', stream, 'state', state, 'ended', now, 'verdict', verdict, 'error', error)
  local keep_for = redis.call('HGET', stream, 'keep_for')
  if keep_for ~= '' then
    redis.call('PEXPIRE', stream, keep_for)
    redis.call('PEXPIRE', items, keep_for)
  end
end

local function expire(name)
  local found = redis.call('HMGET', stream_of(name), 'state', 'lease_until')
  if found[1] == 'running' and tonumber(found[2]) <= now then
    finish(name, 'lost', '', '')
    ring('news', name)
    ring('stop', name)
  end
end

local stream, items = stream_of(name), items_of(name)
"""

CLAIM: Final = (
    _COMMON
    + """
local writer, lease, keep_for = ARGV[2], ARGV[3], ARGV[4]
local there = redis.call('HGET', stream, 'writer')
if there then
  return there == writer and 1 or 0
end
redis.call('DEL', items)
redis.call('HSET', stream, 'writer', writer, 'state', 'running', 'items', 0, 'started', now,
  'changed', now, 'ended', '', 'lease_until', now + lease, 'keep_for', keep_for, 'verdict', '',
  'error', '', 'asked_to_stop', '')
redis.call('ZADD', prefix .. 'streams', now, name)
ring('news', name)
return 1
"""
)

TAKE_OVER: Final = (
    _COMMON
    + """
local writer, lease = ARGV[2], ARGV[3]
local found = redis.call('HMGET', stream, 'writer', 'state', 'lease_until')
if found[1] then
  if found[2] == 'running' and tonumber(found[3]) > now then
    return found[1] == writer and 1 or 0
  end
  redis.call('PERSIST', stream)
  redis.call('PERSIST', items)
else
  redis.call('DEL', items)
  redis.call('HSET', stream, 'items', 0, 'started', now)
  redis.call('ZADD', prefix .. 'streams', now, name)
end
redis.call('HSET', stream, 'writer', writer, 'state', 'running', 'changed', now, 'ended', '',
  'lease_until', now + lease, 'keep_for', '', 'verdict', '', 'error', '', 'asked_to_stop', '')
ring('news', name)
ring('stop', name)
return 1
"""
)

APPEND: Final = (
    _COMMON
    + """
local writer, first, lease, state = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local found = redis.call('HMGET', stream, 'writer', 'state', 'items')
if found[1] ~= writer then
  return 0
end
if found[2] ~= 'running' then
  -- Said again, because the answer was lost.
  return state ~= '' and found[2] == state and 1 or 0
end
local last = tonumber(found[3])
if first > last + 1 then
  return 0
end
for at = 8 + last + 1 - first, #ARGV do
  last = last + 1
  redis.call('XADD', items, string.format('%d-0', last), 'item', ARGV[at])
end
redis.call('HSET', stream, 'items', last, 'changed', now, 'lease_until', now + lease)
if state ~= '' then
  finish(name, state, ARGV[6], ARGV[7])
end
ring('news', name)
return 1
"""
)

RENEW: Final = (
    _COMMON
    + """
local found = redis.call('HMGET', stream, 'writer', 'state', 'asked_to_stop')
if found[1] ~= ARGV[2] or found[2] ~= 'running' then
  return -1
end
redis.call('HSET', stream, 'lease_until', now + ARGV[3])
return found[3] ~= '' and 1 or 0
"""
)

READ: Final = (
    _COMMON
    + """
local record = redis.call('HGETALL', stream)
if #record == 0 then
  return false
end
local page = {}
if ARGV[3] ~= '0' then
  local from = string.format('%d-0', ARGV[2] + 1)
  for _, entry in ipairs(redis.call('XRANGE', items, from, '+', 'COUNT', ARGV[3])) do
    page[#page + 1] = entry[2][2]
  end
end
return {now, record, page}
"""
)

RECORDS: Final = (
    _COMMON
    + """
local all = {}
for _, each in ipairs(redis.call('ZRANGE', prefix .. 'streams', 0, -1)) do
  local record = redis.call('HGETALL', stream_of(each))
  if #record > 0 then
    all[#all + 1] = {each, now, record}
  end
end
return all
"""
)

STOP: Final = (
    _COMMON
    + """
if redis.call('EXISTS', stream) == 1 then
  redis.call('HSET', stream, 'asked_to_stop', 1)
  ring('stop', name)
end
return 1
"""
)

EXPIRE: Final = _COMMON + "expire(name)\nreturn 1\n"

DELETE: Final = (
    _COMMON
    + """
local there = redis.call('DEL', stream)
redis.call('DEL', items)
redis.call('ZREM', prefix .. 'streams', name)
ring('news', name)
ring('stop', name)
return there
"""
)

SWEEP: Final = (
    _COMMON
    + """
for _, each in ipairs(redis.call('ZRANGE', prefix .. 'streams', 0, -1)) do
  if redis.call('EXISTS', stream_of(each)) == 0 then
    redis.call('ZREM', prefix .. 'streams', each)
  else
    expire(each)
  end
end
return 1
"""
)
