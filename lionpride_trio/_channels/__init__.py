"""Streams on trio: channels that carry items, stages that run on them, mailboxes between tasks.

Read the modules in this order; each imports only from those before it.

==================  ==================================================================================
``_entrance``       the checks of each way in: the program runs on trio, and writes ``async``
``_statistics``     the counts of a channel
``_ready``          items that are ready to be handed out
``_ending``         how a channel comes to its end
``_recipe``         steps and recipes, as data: they stand right of ``|``
``_opening``        how steps are run on a channel that is being opened
``_source``         a cold recipe for a channel; who opens it, who closes it
``_channel``        an opened source: it waits, and hands items out
``_text_stages``    the text of an item; text machines on streams of chunks
``_compile``        several stages as one function
``_fused``          stages run on a channel, without a task or a queue between them
``_nursery``        nurseries whose failures reach the reader and not the body
``_mailbox``        the channel between a task that fills it and a task that reads it
``_lending``        slots of a limit, lent while their holder waits for its reader
``_carry``          an async generator driven item by item, and cancelled at its ``yield``
``_generator``      channels of generators, iterables and other libraries' channels
==================  ==================================================================================

The operators themselves (``tee``, ``merge``, …) stand beside their recipes, in ``transformers``.
"""
