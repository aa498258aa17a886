"""Streams on trio: what carries items, what runs stages on them, and what connects two tasks.

Read the modules in this order; each imports only from those before it.

==================  ==================================================================================
``_entrance``       what is checked where a program comes in: that it runs on trio, and writes ``async``
``_statistics``     what is counted of a channel
``_ready``          items that are ready to be handed out
``_recipe``         what stands right of ``|``: steps and recipes, as data
``_opening``        how steps are run on a channel that is being opened
``_source``         a cold recipe for a channel; who opens it, who closes it
``_channel``        what an opened source is: waiting, handing out, ending
``_text_stages``    what text an item holds; text machines on streams of chunks
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
