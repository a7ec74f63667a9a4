using System.Net;

namespace OrleansBroker.Silo.Listening;

/// <summary>A listener could not take its address. Ends the program with <see cref="ExitCode.Failed"/> and this message.</summary>
/// <param name="optionKey">The option that named the address.</param>
internal sealed class ListenerFailedException(string optionKey, EndPoint endpoint, Exception inner) : StartFailedException(
    $"{optionKey}: cannot listen on {endpoint}: {inner.Message}. Free the address or choose another one; port 0 takes a free port.", inner)
{
    public string OptionKey { get; } = optionKey;

    public EndPoint EndPoint { get; } = endpoint;
}
