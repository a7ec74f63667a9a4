using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace OrleansBroker.Api.Publish;

/// <summary>One message, or several.</summary>
[Description("One message, or messages alone: up to 1000 of them.")]
internal sealed record PublishBody : MessageBody
{
    public const int MaxMessages = 1_000;

    [Description("Instead of a message: several. Those of one topic keep their order."), MinLength(1), MaxLength(MaxMessages)]
    public IReadOnlyList<MessageBody>? Messages { get; init; }

    /// <summary>Of the members of a message there is none.</summary>
    public bool HasMessagesAlone => Messages is not null && this == new PublishBody { Messages = Messages };
}
