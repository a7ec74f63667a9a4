using System.Diagnostics.CodeAnalysis;
using OrleansBroker.Broker.Topics;

namespace OrleansBroker.Broker.Retained;

public sealed partial class RetainedStore<TMessage>
{
    /// <summary>A scan that leaves out what has expired when it is reached. Dispose it if it is not led to its end.</summary>
    public sealed class Cursor : IDisposable
    {
        private readonly TopicTree<TMessage>.Cursor _messages;

        internal Cursor(TopicTree<TMessage>.Cursor messages) => _messages = messages;

        /// <summary>Goes on to the next message.</summary>
        /// <param name="remainingSteps">Levels that may still be visited in this slice; lowered by those that were.</param>
        /// <param name="message">Set when <see cref="TopicCursorState.Found"/> is returned, otherwise null.</param>
        public TopicCursorState MoveNext(long nowMilliseconds, ref int remainingSteps, [MaybeNull] out TMessage message)
        {
            TopicCursorState state;
            do
                state = _messages.MoveNext(ref remainingSteps, out message);
            while (state == TopicCursorState.Found && IsExpired(message!, nowMilliseconds));
            return state;
        }

        /// <summary>Ends the scan; again does nothing.</summary>
        public void Dispose() => _messages.Dispose();
    }
}
