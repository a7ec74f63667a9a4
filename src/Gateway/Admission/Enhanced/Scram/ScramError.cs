namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>Why a message of SCRAM is not accepted; closed.</summary>
internal enum ScramError
{
    None,

    /// <summary>Not UTF-8, a missing, empty, misplaced or unknown attribute, or base64 that is none.</summary>
    InvalidEncoding,

    /// <summary>An extension that must be understood, <c>m=</c>.</summary>
    ExtensionsNotSupported,

    /// <summary>The client binds to a channel, <c>p=</c>.</summary>
    ChannelBindingNotSupported,

    /// <summary>The client wants to be authorized as somebody else, <c>a=</c>.</summary>
    OtherAuthorizationIdentity,

    /// <summary>The last message repeats another header than the first one had.</summary>
    ChannelBindingsDoNotMatch,

    /// <summary>The last message repeats another nonce than the server's.</summary>
    NonceDoesNotMatch,
}
