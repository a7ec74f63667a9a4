namespace OrleansBroker.Gateway.Transports;

/// <summary>The network under an <see cref="OutputLoop"/>, which calls one method at a time and no other after the end.</summary>
internal interface IOutputSink
{
    /// <summary>Writes these bytes, all of them.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> output);

    /// <summary>Nothing follows: tells the client so, and leaves the way from it open.</summary>
    ValueTask EndAsync();
}
